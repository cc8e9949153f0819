import type { Field } from '../../session/fields.ts';
import { isFiller } from '../../text/spoken.ts';
import { unescape } from '../blocks/text.ts';
import { blankEnd, isRepository, match, proseEnd, readValue, withoutLink, type Value } from './tokens.ts';

type Given = {
  value: Value;
  /** Words of the task come before its flag. */
  isAfterTask: boolean;
  /** Whether another flag or mode word starts here. */
  isFlag: (at: number) => boolean;
};
type Meant = { text: string; end: number };

/**
 * A value that was probably meant to go on after a space: `--repo a/b c/d`, `fix it --title The login test`, `fix it
 * --tag a b c`. null: it ends where it ends.
 */
export function meantValue(text: string, field: Field, given: Given): Meant | null {
  const { input, isText } = field;
  if (input.kind === 'list' && input.lookup === 'repositories') return moreRepositories(text, given);
  // Before the task, nobody can tell where a title or another list would end.
  const rest = given.isAfterTask && !given.value.quoted ? restOfLine(text, given) : null;
  if (rest === null) return null;
  if (input.kind === 'list') return moreItems(field, given, rest);
  return input.kind === 'text' && isText ? { text: joined(given, rest, ' '), end: rest.end } : null;
}

export const YES_WORDS = ['yes', 'true', '1', 'はい'];
export const NO_WORDS = ['no', 'false', 'never', '0', 'いいえ'];
const YES_OR_NO = new RegExp(`^(${[...YES_WORDS, ...NO_WORDS, 'default'].join('|')})[.,;!。]*$`, 'i');
/** Within a line, these begin a part of the task: `on main`. */
const ON_OR_OFF = /^(on|off)[.,;!]*$/i;
const LONGEST_WORD = 20;

/**
 * What was probably meant as a switch's value, and not left in the task: the `no` of `--bypass-approval no`, also in
 * quotes or after a separate `=`. After a sentence's mark, the task goes on: `--no-resume, no rush`.
 */
export function yesOrNo(text: string, at: number): Meant | null {
  const sign = match(/(?<![.,;!?])[^\S\n]+=?/y, text, at);
  if (sign === null) return null;
  const start = blankEnd(text, sign);
  const { text: word, end: length } = readValue(text.slice(start, start + LONGEST_WORD), 0, false);
  const end = start + length;
  const endsLine = match(/[^\S\n]*(?:\n|$)/y, text, end) !== null;
  const said = (YES_OR_NO.exec(word) ?? (endsLine ? ON_OR_OFF.exec(word) : null))?.[1];
  return said === undefined ? null : { text: said, end };
}

const AND = /^(?:and|or|&amp;|[&+,，、と])$/i;

function moreRepositories(text: string, { value }: Given): Meant | null {
  const found = [value.text];
  let { end } = value;
  for (let next = wordAfter(text, end); next !== null;) {
    const word = AND.test(next.text) ? wordAfter(text, next.end) : next;
    if (word === null || !isRepository(word.text)) break;
    found.push(word.text);
    ({ end } = word);
    next = wordAfter(text, end);
  }
  return found.length === 1 ? null : { text: found.join(','), end };
}

/** null: the line ends. */
function wordAfter(text: string, at: number): Meant | null {
  const start = blankEnd(text, at);
  const end = proseEnd(text, start);
  return start === at || end === start ? null : { text: text.slice(start, end), end };
}

type Rest = { words: string[]; end: number };

/** A title has fewer words. */
const LONG_TITLE = 10;

/** The words up to the next flag; null: none, or too many. */
function restOfLine(text: string, { value, isFlag }: Given): Rest | null {
  const words: string[] = [];
  let { end } = value;
  for (let next = wordAfter(text, end); next !== null; next = wordAfter(text, end)) {
    if (isFlag(next.end - next.text.length)) break;
    if (words.push(next.text) === LONG_TITLE - 1) return null;
    ({ end } = next);
  }
  return words.length === 0 ? null : { words, end };
}

function joined({ value }: Given, { words }: Rest, by: string): string {
  return [value.text, ...words].join(by);
}

/** `please` and `on main` are words of the task. */
function moreItems({ schema }: Field, given: Given, { words, end }: Rest): Meant | null {
  const isItem = (word: string): boolean =>
    /^(?:<[^<>]+>|[\p{L}\p{N}][^\s.!?]*)$/u.test(word) &&
    !isFiller(word) &&
    schema.safeParse([unescape(withoutLink(word))]).success;
  const items = words.filter((word, at) => !(AND.test(word) && at === words.length - 2));
  const goesOn = !/[.:;!?]$/.test(given.value.text) && items.every(isItem);
  return goesOn ? { text: joined(given, { words: items, end }, ','), end } : null;
}
