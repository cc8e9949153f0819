import type { Field } from '../../session/fields.ts';
import { bangAt, flagAt, nearestField } from './flags.ts';
import type { FoundFlag } from './flags.ts';

/** What one flag or mode word says. */
export type Given =
  /** `nearest`: what was probably meant; `text`: the value that comes with it, as Slack sends it. */
  | { kind: 'unknown'; typed: string; nearest: Field | null; text: string | null }
  | { kind: 'missing'; field: Field }
  /** `text` as Slack sends it; null: a switch without a value. */
  | { kind: 'value'; field: Field; text: string | null }
  | { kind: 'unclosed'; field: Field; text: string };

export type Scan = {
  /** The task as Slack sends it, without the flags. */
  task: string;
  given: Given[];
  /** Everything before the first flag or mode word. */
  before: string;
  /** A separate `--` says that the rest is a task. */
  isTask: boolean;
};

/** A word of the task with the white space before it; null: a flag was cut out here. */
type Part = { space: string; word: string | null };
type Cut = { given: Given; end: number };

/** Splits a command into its task and its flags. */
export function scan(text: string): Scan {
  const parts: Part[] = [];
  const given: Given[] = [];
  let before: string | null = null;
  let at = 0;
  while (at < text.length) {
    const start = spaceEnd(text, at);
    const space = text.slice(at, start);
    if (endsFlags(text, start)) {
      const rest = spaceEnd(text, start + 2);
      parts.push({ space, word: null }, { space: text.slice(start + 2, rest), word: text.slice(rest) });
      return { task: join(parts), given, before: before ?? text.slice(0, start), isTask: true };
    }
    const cut = readFlag(text, start) ?? readBang(text, start);
    if (cut !== null) {
      given.push(cut.given);
      before ??= text.slice(0, start);
    }
    at = cut?.end ?? proseEnd(text, start);
    parts.push({ space, word: cut === null ? text.slice(start, at) : null });
  }
  return { task: join(parts), given, before: before ?? text, isTask: false };
}

function endsFlags(text: string, at: number): boolean {
  return /^--(?:\s|$)/.test(text.slice(at, at + 3));
}

function readFlag(text: string, at: number): Cut | null {
  const flag = flagAt(text, at);
  if (flag === null) return null;
  const { field, end } = flag;
  if (field === null) return unknownFlag(text, at, flag);
  if (field.input.kind === 'switch' && text.charAt(end) !== '=')
    return { given: { kind: 'value', field, text: null }, end };
  const value = valueAfter(text, flag, field);
  if (value === null) return { given: { kind: 'missing', field }, end };
  const { unclosed, end: valueEnd } = value;
  if (unclosed) return { given: { kind: 'unclosed', field, text: value.text }, end: valueEnd };
  if (value.text.trim() === '') return { given: { kind: 'missing', field }, end: Math.max(valueEnd, end) };
  return { given: { kind: 'value', field, text: value.text }, end: valueEnd };
}

/** null: another flag follows, or the task. */
function valueAfter(text: string, { end }: FoundFlag, { input }: Field): Value | null {
  const hasEquals = text.charAt(end) === '=';
  const start = hasEquals ? end + 1 : blankEnd(text, end);
  if (!hasEquals && (flagAt(text, start) !== null || endsFlags(text, start))) return null;
  return readValue(text, start, input.kind === 'list');
}

/** Keeps the value if a flag with a value was probably meant. */
function unknownFlag(text: string, at: number, flag: FoundFlag): Cut {
  const { typed, end } = flag;
  const wordEnd = proseEnd(text, end);
  const isName = text.charAt(end) === '=' || wordEnd === end;
  const nearest = isName ? nearestField(typed) : null;
  const value = nearest === null || nearest.input.kind === 'switch' ? null : valueAfter(text, flag, nearest);
  const hasValue = value !== null && !value.unclosed && value.text.trim() !== '';
  const given = { kind: 'unknown' as const, typed: isName ? typed : text.slice(at, wordEnd), nearest };
  return hasValue
    ? { given: { ...given, text: value.text }, end: value.end }
    : { given: { ...given, text: null }, end: wordEnd };
}

function readBang(text: string, at: number): Cut | null {
  const bang = bangAt(text, at);
  return bang && { given: { kind: 'value', field: bang.field, text: bang.value }, end: bang.end };
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

/**
 * The words of a command, as Slack sends it. Each reader takes a position and returns the one after what it read.
 * Nothing is decoded here, so that Slack's `<…>` tokens stay whole.
 */

/** White space, and characters without width that come with copied text: a flag after them is still a flag. */
const SPACE = /[\s\u200B\u200E\u200F\u202A-\u202E\u2060\u2066-\u2069]+/y;

/** After the white space at `at`. */
function spaceEnd(text: string, at: number): number {
  return match(SPACE, text, at)?.end ?? at;
}

/** After the spaces at `at`, on the same line. */
function blankEnd(text: string, at: number): number {
  return match(/[^\S\n]+/y, text, at)?.end ?? at;
}

/** After a word of prose. Code spans, quotes and Slack's tokens are part of it, with their spaces. */
function proseEnd(text: string, start: number): number {
  let at = start;
  while (at < text.length && !/\s/.test(text.charAt(at))) {
    at = codeEnd(text, at) ?? slackTokenEnd(text, at) ?? quotedProseEnd(text, at, start) ?? at + 1;
  }
  return at;
}

type Value = {
  /** Without its quotes; Slack's tokens unchanged. */
  text: string;
  /** After the value. */
  end: number;
  /** It starts with a quotation mark that is never closed. */
  unclosed: boolean;
};

/** The value at `start`: a word, or text in quotes. A list continues after a comma, even with spaces. */
function readValue(text: string, start: number, isList: boolean): Value {
  const value: Value = { text: '', end: start, unclosed: false };
  let isItemStart = true;
  while (value.end < text.length && !/\s/.test(text.charAt(value.end))) {
    const quoted: Quoted | null = isItemStart ? readQuoted(text, value.end, isList) : null;
    value.unclosed ||= quoted === 'unclosed';
    const piece: Piece = quoted === null || quoted === 'unclosed' ? plainPiece(text, value.end) : quoted;
    isItemStart = isList && piece.text === ',';
    value.text += piece.text;
    value.end = isItemStart ? nextItem(text, piece.end) : piece.end;
  }
  return value;
}

/** What closes a quotation mark, best first: smart quotes from phones and other languages come mixed. */
const CLOSING: Record<string, readonly string[]> = {
  '"': ['"', '”', '“'],
  '“': ['”', '"', '“'],
  '”': ['”', '"'],
  '„': ['“', '”', '"'],
  '«': ['»'],
  '»': ['«', '»'],
  "'": ["'", '’', '‘'],
  '‘': ['’', "'", '‘'],
  '‚': ['‘', '’', "'"],
};

/** The longest quotes in the task and in a value, in characters: each mark that is never closed costs one search. */
const LONGEST_QUOTE = 1000;
const LONGEST_VALUE = 3000;

/** A single one that is never closed is an apostrophe ('90s). */
const APOSTROPHES = new Set(["'", '‘', '‚']);

type Piece = { text: string; end: number };
type Quoted = Piece | 'unclosed';

function readQuoted(text: string, at: number, isList: boolean): Quoted | null {
  const mark = text.charAt(at);
  const closers = mark === '`' ? ['`'] : CLOSING[mark];
  if (closers === undefined) return null;
  const within = Math.min(text.length, at + LONGEST_VALUE);
  const close = closeOf(text, at, { closers, after: isList ? /[\s,]/ : /\s/, within });
  if (close !== null) return { text: text.slice(at + 1, close), end: close + 1 };
  return APOSTROPHES.has(mark) ? null : 'unclosed';
}

function plainPiece(text: string, at: number): Piece {
  const end = slackTokenEnd(text, at) ?? at + 1;
  return { text: text.slice(at, end), end };
}

/** After the spaces that follow a comma, unless the list ends there: at the end of the line or before another flag. */
function nextItem(text: string, afterComma: number): number {
  const next = blankEnd(text, afterComma);
  const endsHere = next >= text.length || /^(?:\n|--|－－|ーー|[—–]\p{L})/u.test(text.slice(next, next + 2));
  return endsHere ? afterComma : next;
}

/** ```…``` over lines, `…` within one. */
function codeEnd(text: string, at: number): number | null {
  return match(/```[^]*?```|`[^`\n]+`/y, text, at)?.end ?? null;
}

/** Such as `<@U…|name>` and `<https://…|label>`: a name or label can hold spaces. */
function slackTokenEnd(text: string, at: number): number | null {
  return match(/<[^<>\n]+>/y, text, at)?.end ?? null;
}

/** Text in quotes within the task, on one line. Inside a word, a mark is an apostrophe or means inches. */
function quotedProseEnd(text: string, at: number, wordStart: number): number | null {
  const closers = CLOSING[text.charAt(at)];
  if (closers === undefined || !/^[([{]*$/.test(text.slice(wordStart, at))) return null;
  const near = text.slice(at, at + LONGEST_QUOTE);
  const lineEnd = near.indexOf('\n');
  const within = at + (lineEnd === -1 ? near.length : lineEnd);
  const close = closeOf(text, at, { closers, after: /[\s)\]},.;:!?…]/, within });
  return close === null ? null : close + 1;
}

type Closing = { closers: readonly string[]; after: RegExp; within: number };

/** The first closing mark at the end of a word. */
function closeOf(text: string, open: number, { closers, after, within }: Closing): number | null {
  // Searching the whole text would read it to its end for each mark.
  const quoted = text.slice(open + 1, within);
  for (const closer of closers) {
    for (let at = quoted.indexOf(closer); at !== -1; at = quoted.indexOf(closer, at + 1)) {
      const close = open + 1 + at;
      const next = text.charAt(close + 1);
      if (next === '' || after.test(next)) return close;
    }
  }
  return null;
}

function match(sticky: RegExp, text: string, at: number): { end: number } | null {
  sticky.lastIndex = at;
  return sticky.test(text) ? { end: sticky.lastIndex } : null;
}
