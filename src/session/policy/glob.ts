/**
 * Whether a text is what a pattern describes: `*` stands for any run of characters, everything else for itself, without
 * regard to case. Each piece between two stars is looked for once, from where the one before it ended: no way back.
 */
export function matchesGlob(pattern: string, text: string): boolean {
  const value = text.toLowerCase();
  const [first = '', ...others] = pattern.toLowerCase().split('*');
  const last = others.pop();
  if (last === undefined) return value === first;
  if (!value.startsWith(first) || !value.endsWith(last)) return false;
  const end = value.length - last.length;
  let at = first.length;
  for (const piece of others) {
    const found = value.indexOf(piece, at);
    if (found === -1) return false;
    at = found + piece.length;
  }
  return at <= end;
}
