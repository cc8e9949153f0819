import type { Field } from '../../session/fields.ts';
import { bangAt, flagAt, nearestField } from './flags.ts';
import type { FoundFlag } from './flags.ts';
import { blankEnd, proseEnd, readValue, spaceEnd } from './tokens.ts';
import type { Value } from './tokens.ts';

/** One thing said by a flag or a mode's word. */
export type Given =
  /** `nearest`: what was probably meant; `text`: the value that comes with it, as Slack sends it. */
  | { kind: 'unknown'; typed: string; nearest: Field | null; text: string | null }
  | { kind: 'missing'; field: Field }
  /** `text` as Slack sends it; null: a switch without a value. */
  | { kind: 'value'; field: Field; text: string | null }
  | { kind: 'unclosed'; field: Field; text: string };

export type Scan = {
  /** The task as Slack sends it, without what was cut out. */
  task: string;
  given: Given[];
  /** Everything before the first flag or mode's word. */
  before: string;
  /** A `--` of its own says that the rest is a task. */
  isTask: boolean;
};

/** A word of the task, or null where something was cut out, after the white space before it. */
type Part = { space: string; word: string | null };
type Cut = { given: Given; end: number };

/** Parts a command into its task and what its flags say. */
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

/** The value stays with it, if it is near a flag that takes one. */
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

/** The white space that stays where something between `before` and `after` was cut out: line breaks and indentation do. */
function meet(before: string, after: string): string {
  const lines = (space: string): number => space.split('\n').length;
  // A bracket closes right after it: `(soon !fast)`.
  if (after === '') return '';
  if (lines(before) === 1 && lines(after) === 1) return ' ';
  if (lines(after) === 1) return before;
  if (lines(after) >= lines(before)) return after;
  return before.slice(0, before.lastIndexOf('\n') + 1) + after.slice(after.lastIndexOf('\n') + 1);
}
