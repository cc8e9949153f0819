import type { Field } from '../../session/fields.ts';
import { choiceOf, flagAt, signEnd, takes, type FoundFlag } from './option-names.ts';
import { blankEnd, match, proseEnd, readValue, spaceEnd, type Value } from './tokens.ts';

/** What one flag or mode word says. */
export type Given =
  /** `text` as Slack sends it; null: a switch without a value. */
  | { kind: 'value'; field: Field; text: string | null }
  | { kind: 'missing'; field: Field }
  | { kind: 'unclosed'; field: Field; text: string }
  /**
   * Looks like an option, and stays in the task. `typed`: the words, with a value if they have one; `meant`: what was
   * probably meant, as it would be typed. Both as Slack sends them.
   */
  | { kind: 'unknown'; typed: string; meant: string | null };

export type Scan = {
  /** The task as Slack sends it, without the flags. */
  task: string;
  given: Given[];
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
  let at = 0;
  while (at < text.length) {
    const start = spaceEnd(text, at);
    const space = text.slice(at, start);
    if (endsFlags(text, start)) {
      // Between words of the task it could be a dash, and stays.
      const isDash = parts.at(-1)?.word != null;
      const rest = isDash ? start : spaceEnd(text, start + 2);
      if (!isDash) parts.push({ space, word: null });
      parts.push({ space: isDash ? space : text.slice(start + 2, rest), word: text.slice(rest) });
      return { task: join(parts), given, isTask: !isDash };
    }
    const cut: Cut | null = readFlag(text, start) ?? readBang(text, start);
    if (cut !== null) given.push(cut.given);
    at = cut?.end ?? proseEnd(text, start);
    const stays = cut === null || cut.given.kind === 'unknown';
    parts.push({ space, word: stays ? text.slice(start, at) : null });
  }
  return { task: join(parts), given, isTask: false };
}

function endsFlags(text: string, at: number): boolean {
  return /^--(?:\s|$)/.test(text.slice(at, at + 3));
}

const YES_OR_NO = /[^\S\n]+=?[^\S\n]*(yes|no|true|false|off|never|0|はい|いいえ)[.,;!。]*(?=\s|$)/iy;

function readFlag(text: string, at: number): Cut | null {
  const flag = flagAt(text, at);
  if (flag === null) return null;
  const { field, end } = flag;
  if (field === null) {
    const { given, end: unknownEnd } = unknownFlag(text, at, flag);
    return flag.isClear || given.meant !== null ? { given, end: unknownEnd } : null;
  }
  if (field.input.kind === 'switch' && signEnd(text, end) === null) {
    // Without a sign, nobody can tell whether `--bypass-approval no` switches it on.
    YES_OR_NO.lastIndex = end;
    const said = YES_OR_NO.exec(text)?.[1];
    if (said === undefined) return { given: { kind: 'value', field, text: null }, end };
    const typed = text.slice(at, YES_OR_NO.lastIndex);
    return { given: { kind: 'unknown', typed, meant: `${field.flag}=${said}` }, end: at + typed.length };
  }
  const value = valueAfter(text, flag, field);
  if (value === null) return { given: { kind: 'missing', field }, end };
  const { unclosed, end: valueEnd } = value;
  if (unclosed) return { given: { kind: 'unclosed', field, text: value.text }, end: valueEnd };
  if (value.text.trim() === '') return { given: { kind: 'missing', field }, end: Math.max(valueEnd, end) };
  return { given: { kind: 'value', field, text: value.text }, end: unitEnd(text, valueEnd, field) };
}

/** After the unit of a number: `--acu 10 ACU`. */
function unitEnd(text: string, at: number, { flag, input }: Field): number {
  if (input.kind !== 'number' || flag === null) return at;
  const unit = new RegExp(`[^\\S\\n]*${flag.slice(2)}s?(?=[\\s.,;:!?]|$)`, 'iy');
  return match(unit, text, at) ?? at;
}

/** null: another flag follows, or the task. */
function valueAfter(text: string, { end }: FoundFlag, { input }: Field): Value | null {
  const afterSign = signEnd(text, end);
  const start = afterSign ?? blankEnd(text, end);
  if (afterSign === null && (flagAt(text, start) !== null || endsFlags(text, start))) return null;
  return readValue(text, start, input.kind === 'list');
}

/** With the value that was probably meant for the flag it is close to. */
function unknownFlag(text: string, at: number, flag: FoundFlag) {
  const { nearest, end } = flag;
  const unknown = (typedEnd: number, meant: string | null) => ({
    given: { kind: 'unknown' as const, typed: text.slice(at, typedEnd), meant },
    end: typedEnd,
  });
  const wordEnd = proseEnd(text, end);
  if (nearest === null) return unknown(wordEnd, null);
  const choice = choiceOf(text.slice(at, wordEnd).replace(/^[^\p{L}]+/u, ''));
  if (choice !== null) return unknown(wordEnd, `${choice.field.flag} ${choice.option}`);
  if (nearest.input.kind === 'switch') return unknown(wordEnd, wordEnd === end ? nearest.flag : null);
  const value = valueAfter(text, flag, nearest);
  if (value === null || value.unclosed || !takes(nearest, value.text)) return unknown(wordEnd, null);
  const start = signEnd(text, end) ?? blankEnd(text, end);
  return unknown(value.end, `${nearest.flag} ${text.slice(start, value.end)}`);
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
