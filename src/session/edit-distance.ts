/** If the lengths of two words differ by more, they aren't close, and counting edits would take long. */
const FAR = 20;

/**
 * Insertions, deletions, substitutions and swaps of neighbors that turn one word into the other (Damerau-Levenshtein).
 */
export function editDistance(a: string, b: string): number {
  const apart = Math.abs(a.length - b.length);
  if (apart > FAR) return apart;
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, column) => column)];
  /** Outside, it is infinite: that is where a swap begins that isn't there. */
  const at = (row: number, column: number): number => rows[row]?.[column] ?? Infinity;
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    rows.push(current);
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1] ? 0 : 1;
      // The closest earlier place with the two letters in reverse order.
      const swapRow = a.lastIndexOf(b.charAt(column - 1), row - 2) + 1;
      const swapColumn = b.lastIndexOf(a.charAt(row - 1), column - 2) + 1;
      const between = row - swapRow - 1 + (column - swapColumn - 1);
      const canSwap = row > 1 && column > 1;
      current[column] = Math.min(
        at(row - 1, column) + 1,
        at(row, column - 1) + 1,
        at(row - 1, column - 1) + same,
        canSwap ? at(swapRow - 1, swapColumn - 1) + between + 1 : Infinity,
      );
    }
  }
  return at(a.length, b.length);
}
