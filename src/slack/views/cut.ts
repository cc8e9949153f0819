/** Where text can be cut. It is raw, or escaped mrkdwn. */

const CHARACTERS = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
/** In UTF-16 units. No emoji is longer. */
const LONGEST_CHARACTER = 40;

/** The same place, or the one before if a character as people see it continues: an emoji, a letter with its marks. */
function wholeBefore(text: string, at: number): number {
  const from = Math.max(at - LONGEST_CHARACTER, 0);
  const near = text.slice(from, at + LONGEST_CHARACTER);
  const start = CHARACTERS.segment(near).containing(at - from)?.index ?? 0;
  // Marks without an end are cut between two of them.
  return start > 0 || from === 0 ? from + start : pairBefore(text, at);
}

/** The same place, or the one before if it is between the two halves of a code point. */
function pairBefore(text: string, at: number): number {
  const splitsPair = /[\uD800-\uDBFF]/.test(text.charAt(at - 1)) && /[\uDC00-\uDFFF]/.test(text.charAt(at));
  return splitsPair ? at - 1 : at;
}

/** Parts of at most `max` UTF-16 units, cut after a line or a word if possible. No text has no parts. */
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

function cutBehind(text: string, max: number): number {
  const line = text.lastIndexOf('\n', max - 1);
  if (line >= max / 2) return line + 1;
  const word = text.lastIndexOf(' ', max - 1);
  if (word >= max / 2) return word + 1;
  // A part that is this long is joined to the next one without a line break.
  return pairBefore(text, max);
}

/** At most `end`: after a word if one ends nearby, and never inside a character, an entity, a link or a mention. */
export function cutBefore(text: string, end: number): number {
  const at = entityBefore(text, wordBefore(text, wholeBefore(text, end)));
  const token = text.lastIndexOf('<', at - 1);
  const isOpen = token !== -1 && !text.slice(token, at).includes('>');
  return isOpen && /^<(?:https?:|mailto:|[@#!])/.test(text.slice(token, token + 8)) ? token : at;
}

/** The same place, or the one before if it is inside `&amp;`, `&lt;` or `&gt;`. */
function entityBefore(text: string, at: number): number {
  const ampersand = text.lastIndexOf('&', at - 1);
  const entity = ampersand === -1 ? null : /^&(?:amp|lt|gt);/.exec(text.slice(ampersand, ampersand + 5));
  return entity !== null && ampersand + entity[0].length > at ? ampersand : at;
}

/** In characters. The beginning of a longer word stays. */
const MOST_LEFT_OUT = 20;

function wordBefore(text: string, at: number): number {
  const most = Math.min(MOST_LEFT_OUT, Math.floor(at / 4));
  const end = text.slice(at - most, at + 1).search(/\s\S*$/);
  return end === -1 ? at : at - most + end;
}
