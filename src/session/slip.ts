/** Whether a word is another, or one slip away: a letter too many, left out or changed, or two neighbors swapped. */
export function isOneSlip(typed: string, word: string): boolean {
  let at = 0;
  while (at < typed.length && typed[at] === word[at]) at += 1;
  const [left, right] = [typed.slice(at), word.slice(at)];
  const swapped = left.slice(1, 2) + left.slice(0, 1) + left.slice(2);
  const slips = [
    [left.slice(1), right],
    [left, right.slice(1)],
    [left.slice(1), right.slice(1)],
    [swapped, right],
  ];
  return slips.some(([one, other]) => one === other);
}
