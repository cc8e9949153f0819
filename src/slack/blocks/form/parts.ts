/**
 * A text longer than an input holds is spread over several, and put together again exactly. Slack has no
 * longer input: https://docs.slack.dev/reference/block-kit/block-elements/plain-text-input-element
 */

/** Parts of at most `max` UTF-16 units, cut after a line or a word where there is one. None for no text. */
export function splitText(text: string, max: number): string[] {
  const parts: string[] = [];
  let rest = text;
  while (rest.length > max) {
    const end = cutBehind(rest, max);
    parts.push(rest.slice(0, end));
    rest = rest.slice(end);
  }
  return rest === '' ? parts : [...parts, rest];
}

/** Where a person wrote on in the next input, a line break parts the two. */
export function joinText(parts: readonly string[], max: number): string {
  return parts
    .filter((part) => part !== '')
    .map((part, i, all) => {
      const next = all[i + 1];
      const isWhole = next === undefined || /\s$/.test(part) || /^\s/.test(next) || part.length >= max - 1;
      return isWhole ? part : `${part}\n`;
    })
    .join('');
}

function cutBehind(text: string, max: number): number {
  const line = text.lastIndexOf('\n', max - 1);
  if (line >= max / 2) return line + 1;
  const word = text.lastIndexOf(' ', max - 1);
  if (word >= max / 2) return word + 1;
  const splitsPair = /[\uD800-\uDBFF]/.test(text.charAt(max - 1)) && /[\uDC00-\uDFFF]/.test(text.charAt(max));
  return splitsPair ? max - 1 : max;
}
