import { fields, type Field } from '../../session/fields.ts';
import type { IntentOf } from '../../session/intent.ts';
import { DEFAULT_DAYS, MOST_DAYS, USAGE_BY, type UsageScope } from '../../session/usage.ts';
import { blankEnd, DASHES, edits, proseEnd, readValue, spaceEnd, type Value } from './tokens.ts';

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

const BANG = /!(\p{L}+)[.,;:!?]*(?=[\s)\]]|$)/uy;

/** A mode word at the start of a word, with the punctuation right after it. */
function readBang(text: string, at: number): Cut | null {
  BANG.lastIndex = at;
  const value = BANG.exec(text)?.[1]?.toLowerCase();
  const field = value === undefined ? undefined : byBang.get(value);
  if (value === undefined || field === undefined) return null;
  return { given: { kind: 'value', field, text: value }, end: BANG.lastIndex };
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

/** Fields that a command can set, by their flag's name in lower case: phones capitalize. */
const byName = new Map(
  fields.flatMap((field) =>
    field.flag === null ? [] : [[field.flag.slice(2).toLowerCase(), field] as const],
  ),
);

/** Also by their names in Devin's API, with `-` for `_`: `--max-acu-limit`. */
const byAnyName = new Map([
  ...fields.flatMap((field) =>
    field.flag === null ? [] : [[field.key.replaceAll('_', '-'), field] as const],
  ),
  ...byName,
]);

/** Devin's own words for modes (`!fast`): each option of each choice. https://docs.devin.ai/integrations/slack */
const byBang = new Map(
  fields.flatMap((field) =>
    field.input.kind === 'choice' ? field.input.options.map((word) => [word, field] as const) : [],
  ),
);

export const bangWords: readonly string[] = [...byBang.keys()].map((word) => `!${word}`);

type FoundFlag = {
  /** null: no such flag. */
  field: Field | null;
  /** As typed, with its dashes. */
  typed: string;
  /** After the name, at a possible `=`. */
  end: number;
};

const FLAG = new RegExp(`(${DASHES}|-)(\\p{L}[\\p{L}\\p{N}_-]*)`, 'uy');
/** After the name: a value, white space, the end, or punctuation. */
const NAME_END = /(?==)|[.,;:!?]*(?=\s|$)/y;

/**
 * The flag at the start of a word. A long dash before a word that isn't a flag is prose, and so is `--` without a
 * letter after it; a single dash before a flag's name is a slip.
 */
function flagAt(text: string, at: number): FoundFlag | null {
  FLAG.lastIndex = at;
  const [head, dash, name] = FLAG.exec(text) ?? [];
  if (head === undefined || name === undefined) return null;
  NAME_END.lastIndex = at + head.length;
  const isWhole = NAME_END.test(text);
  // Japanese keyboards write wide letters, too.
  const known = isWhole ? (byName.get(name.normalize('NFKC').toLowerCase()) ?? null) : null;
  if (known === null && dash !== '--' && dash !== '－－') return null;
  const field = dash === '-' ? null : known;
  const end = isWhole ? NAME_END.lastIndex : at + head.length;
  return { field, typed: head, end };
}

const LONGEST_SLIP = 40;

/** The flag that was probably meant; null: none is close. */
function nearestField(typed: string): Field | null {
  if (typed.length > LONGEST_SLIP) return null;
  const name = typed
    .normalize('NFKC')
    .replace(/^[-—–]+/, '')
    .replaceAll('_', '-')
    .toLowerCase();
  const [nearest] = [...byAnyName]
    .map(([known, field]) => ({ field, edits: isAbbreviation(name, known) ? 0 : edits(name, known), known }))
    .filter(({ edits, known }) => edits <= Math.max(name.length, known.length) / 3)
    .toSorted((a, b) => a.edits - b.edits);
  return byAnyName.get(name) ?? nearest?.field ?? null;
}

/** `--schema` for `--schema-optional`, `--repository` for `--repo`. */
function isAbbreviation(a: string, b: string): boolean {
  return Math.min(a.length, b.length) >= 3 && (a.startsWith(b) || b.startsWith(a));
}

/** Slack's apps turn two hyphens into a dash. */
const OPTION = new RegExp(`^${DASHES}(by|since)(?:=(\\S+))?$`, 'i');
const DAYS = /^(\d{1,3})d?$/i;

const USUALLY_BY = { me: 'repo', channel: 'mode', workspace: 'mode' } as const;

/** `--by person --since 30d`; null: something else. */
export function readUsage(scope: UsageScope['kind'], options: string): IntentOf<'usage'> | null {
  const words = options.split(/\s+/).filter((word) => word !== '');
  const intent: IntentOf<'usage'> = { kind: 'usage', scope, by: USUALLY_BY[scope], days: DEFAULT_DAYS };
  while (words.length > 0) {
    const [, name, joined] = OPTION.exec(words.shift() ?? '') ?? [];
    const value = joined ?? words.shift() ?? '';
    const by = USAGE_BY.find((known) => known === value.toLowerCase());
    const days = Number(DAYS.exec(value)?.[1] ?? 0);
    if (name?.toLowerCase() === 'by' && by !== undefined) intent.by = by;
    else if (name?.toLowerCase() === 'since' && days >= 1 && days <= MOST_DAYS) intent.days = days;
    else return null;
  }
  return intent;
}
