import type { Field } from '../../session/fields.ts';
import { flagAt, signEnd, type FoundFlag } from './flag-at.ts';
import { meantValue, NO_WORDS, yesOrNo } from './meant-value.ts';
import { choiceOf, gluedOption, nearestFlag } from './option-names.ts';
import { blankEnd, match, proseEnd, readValue, spaceEnd, type Value } from './tokens.ts';

/** What one flag or mode word says. */
export type Given =
  /** `nearest`: what was probably meant; `text`: the value that comes with it, as Slack sends it. */
  | { kind: 'unknown'; typed: string; nearest: Field | null; text: string | null }
  | { kind: 'missing'; field: Field }
  /** `text` as Slack sends it; null: a switch without a value. `mayGoOn`: in what comes before the task. */
  | { kind: 'value'; field: Field; text: string | null; mayGoOn?: boolean }
  | { kind: 'unclosed'; field: Field; text: string }
  /** The value that was probably meant goes on after a space. */
  | { kind: 'spaced'; field: Field; text: string };

export type Scan = {
  /** The task as Slack sends it, without the flags. */
  task: string;
  given: Given[];
  /** The flags and mode words with their values, as Slack sends them. */
  flags: string[];
  /** Everything before the first flag or mode word. */
  before: string;
  /** A separate `--` says that the rest is a task. */
  isTask: boolean;
  /** The rest, if that mark could be a dash between words of the task, where it stays. */
  afterDash: string;
};

/** A word of the task with the white space before it; null: a flag was cut out here. */
type Part = { space: string; word: string | null };
type Cut = { given: Given; end: number };

/** Splits a command into its task and its flags. */
export function scan(text: string): Scan {
  const parts: Part[] = [];
  const given: Given[] = [];
  const flags: string[] = [];
  let before: string | null = null;
  let isAfterTask = false;
  let at = 0;
  while (at < text.length) {
    const start = spaceEnd(text, at);
    const space = text.slice(at, start);
    if (endsFlags(text, start)) {
      const rest = spaceEnd(text, start + 2);
      const isDash = parts.at(-1)?.word != null;
      if (isDash) parts.push({ space, word: text.slice(start) });
      else parts.push({ space, word: null }, { space: text.slice(start + 2, rest), word: text.slice(rest) });
      const afterDash = isDash ? text.slice(rest) : '';
      return {
        task: join(parts),
        given,
        flags,
        before: before ?? text.slice(0, start),
        isTask: true,
        afterDash,
      };
    }
    const cut: Cut | null = readFlag(text, start, isAfterTask) ?? readBang(text, start);
    if (cut !== null) {
      given.push(cut.given);
      flags.push(text.slice(start, cut.end));
      before ??= text.slice(0, start);
    }
    isAfterTask ||= cut === null;
    at = cut?.end ?? proseEnd(text, start);
    parts.push({ space, word: cut === null || isPerhapsProse(cut.given) ? text.slice(start, at) : null });
  }
  return { task: join(parts), given, flags, before: before ?? text, isTask: false, afterDash: '' };
}

/** Another program's flag stays in the task, for the form. */
function isPerhapsProse(given: Given): boolean {
  return given.kind === 'unknown' && given.nearest === null;
}

function endsFlags(text: string, at: number): boolean {
  return /^--(?:\s|$)/.test(text.slice(at, at + 3));
}

function readFlag(text: string, at: number, isAfterTask: boolean): Cut | null {
  const flag = flagAt(text, at);
  if (flag === null) return null;
  const { field, end } = flag;
  if (field === null) return unknownFlag(text, at, flag);
  const isBare = field.input.kind === 'switch' && signEnd(text, end) === null;
  const said = isBare ? yesOrNo(text, end) : null;
  if (said !== null) {
    const given = { kind: 'spaced', field, text: said.text } as const;
    return { given, end: isAfterTask && goesOn(text, said.end) ? end : said.end };
  }
  if (isBare) return { given: { kind: 'value', field, text: null }, end };
  const value = valueAfter(text, flag, field);
  if (value === null) return { given: { kind: 'missing', field }, end };
  const { unclosed, end: valueEnd } = value;
  if (unclosed) return { given: { kind: 'unclosed', field, text: value.text }, end: valueEnd };
  if (value.text.trim() === '') return { given: { kind: 'missing', field }, end: Math.max(valueEnd, end) };
  const meant = meantValue(text, field, { value, isAfterTask, isFlag: (next) => isFlag(text, next) });
  if (meant !== null) return { given: { kind: 'spaced', field, text: meant.text }, end: meant.end };
  const isFree = field.isText && field.input.kind === 'text' && !value.quoted && !isAfterTask;
  const mayGoOn = isFree && goesOn(text, valueEnd);
  return { given: { kind: 'value', field, text: value.text, mayGoOn }, end: unitEnd(text, valueEnd, field) };
}

/** Within the task, `no` may be its word as well: `fix it --no-resume no mocks`. The form keeps it for the person to see. */
function goesOn(text: string, valueEnd: number): boolean {
  const next = blankEnd(text, valueEnd);
  return next < text.length && text.charAt(next) !== '\n' && !isFlag(text, next);
}

/** After the unit of a number: `--acu 10 ACU`. */
function unitEnd(text: string, at: number, { flag, input }: Field): number {
  if (input.kind !== 'number' || flag === null) return at;
  const unit = new RegExp(`[^\\S\\n]*${flag.slice(2)}s?(?=[\\s.,;:!?]|$)`, 'iy');
  return match(unit, text, at) ?? at;
}

function isFlag(text: string, at: number): boolean {
  return flagAt(text, at) !== null || readBang(text, at) !== null || endsFlags(text, at);
}

/** null: another flag follows, or the task. */
function valueAfter(text: string, { end }: FoundFlag, { input }: Field): Value | null {
  const afterSign = signEnd(text, end);
  const start = afterSign ?? blankEnd(text, end);
  if (afterSign === null && (flagAt(text, start) !== null || endsFlags(text, start))) return null;
  return readValue(text, start, input.kind === 'list');
}

/** Keeps the value if a flag with a value was probably meant. */
function unknownFlag(text: string, at: number, flag: FoundFlag): Cut {
  const { typed, name, end } = flag;
  const wordEnd = proseEnd(text, end);
  const glued = gluedOption(text.slice(at, wordEnd));
  if (glued !== null)
    return { given: { kind: 'unknown', typed: text.slice(at, wordEnd), ...glued }, end: wordEnd };
  const afterSign = signEnd(text, end);
  const isName = afterSign !== null || wordEnd === end;
  const choice = isName ? choiceOf(name) : null;
  if (choice !== null)
    return { given: { kind: 'unknown', typed, nearest: choice.field, text: choice.option }, end: wordEnd };
  const nearest = isName ? nearestFlag(name) : null;
  const given = { kind: 'unknown' as const, typed: isName ? typed : text.slice(at, wordEnd), nearest };
  if (nearest?.input.kind === 'switch') {
    const said = afterSign === null ? yesOrNo(text, end) : readValue(text, afterSign, false);
    const isOff = isOpposite(name, nearest) !== NO.test(said?.text ?? '');
    return { given: { ...given, text: isOff ? 'false' : null }, end: said?.end ?? wordEnd };
  }
  const value = nearest === null ? null : valueAfter(text, flag, nearest);
  const hasValue = value !== null && !value.unclosed && value.text.trim() !== '';
  return hasValue
    ? { given: { ...given, text: value.text }, end: value.end }
    : { given: { ...given, text: null }, end: wordEnd };
}

const NO = new RegExp(`^(?:off|${NO_WORDS.join('|')})[.,;:!?]*$`, 'i');

/** `--resume` asks for the opposite of `--no-resume`, and `--no-bypass-approval` for that of `--bypass-approval`. */
function isOpposite(name: string, { flag }: Field): boolean {
  return flag !== null && flag.startsWith('--no-') !== /^no/i.test(name);
}

const BANG = /[!！](\p{L}+)[.,;:!?]*(?=[\s)\]]|$)/uy;

/** A mode word at the start of a word, with the punctuation right after it. */
function readBang(text: string, at: number): Cut | null {
  BANG.lastIndex = at;
  const word = BANG.exec(text)?.[1];
  const choice = word === undefined ? null : choiceOf(word);
  if (choice === null) return null;
  return { given: { kind: 'value', field: choice.field, text: choice.option }, end: BANG.lastIndex };
}

function join(parts: Part[]): string {
  let task = '';
  let gap = '';
  let afterCut = false;
  for (const { space, word } of parts) {
    gap = afterCut ? meet(gap, space) : space;
    afterCut = word === null;
    if (word !== null) task += task === '' ? word : gap + word;
  }
  return task.trim();
}

/** The white space that stays after a flag between `before` and `after` is cut out: line breaks and indentation. */
function meet(before: string, after: string): string {
  const lines = (space: string): number => space.split('\n').length;
  // A bracket closes right after it: `(soon !fast)`.
  if (after === '') return '';
  if (lines(before) === 1 && lines(after) === 1) return ' ';
  if (lines(after) === 1) return before;
  if (lines(after) >= lines(before)) return after;
  return before.slice(0, before.lastIndexOf('\n') + 1) + after.slice(after.lastIndexOf('\n') + 1);
}
