import { fields } from '../../session/fields.ts';
import type { Field } from '../../session/fields.ts';
import type { IntentOf } from '../../session/intent.ts';
import { DEFAULT_DAYS, MOST_DAYS, USAGE_BY } from '../../session/usage.ts';
import type { UsageScope } from '../../session/usage.ts';
import { edits } from './words.ts';

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

export type FoundFlag = {
  /** null: no such flag. */
  field: Field | null;
  /** As typed, with its dashes. */
  typed: string;
  /** After the name, at a possible `=`. */
  end: number;
};

/** macOS and iOS turn two hyphens into one dash, Japanese keyboards into wide ones or into the mark of a long vowel. */
const FLAG = /(--|－－|ーー|[—–-])(\p{L}[\p{L}\p{N}_-]*)/uy;
/** After the name: a value, white space, the end, or punctuation. */
const NAME_END = /(?==)|[.,;:!?]*(?=\s|$)/y;

/**
 * The flag at the start of a word. A long dash before a word that isn't a flag is prose, and so is `--` without a
 * letter after it; a single dash before a flag's name is a slip.
 */
export function flagAt(text: string, at: number): FoundFlag | null {
  FLAG.lastIndex = at;
  const [head, dash, name] = FLAG.exec(text) ?? [];
  if (head === undefined || name === undefined) return null;
  NAME_END.lastIndex = at + head.length;
  const isWhole = NAME_END.test(text);
  const known = isWhole ? (byName.get(name.toLowerCase()) ?? null) : null;
  if (known === null && dash !== '--' && dash !== '－－') return null;
  const field = dash === '-' ? null : known;
  const end = isWhole ? NAME_END.lastIndex : at + head.length;
  return { field, typed: head, end };
}

type FoundBang = { field: Field; value: string; end: number };

const BANG = /!(\p{L}+)[.,;:!?]*(?=[\s)\]]|$)/uy;

/** A mode word at the start of a word, with the punctuation right after it. */
export function bangAt(text: string, at: number): FoundBang | null {
  BANG.lastIndex = at;
  const value = BANG.exec(text)?.[1]?.toLowerCase();
  const field = value === undefined ? undefined : byBang.get(value);
  return value === undefined || field === undefined ? null : { field, value, end: BANG.lastIndex };
}

const LONGEST_SLIP = 40;

/** The flag that was probably meant; null: none is close. */
export function nearestField(typed: string): Field | null {
  if (typed.length > LONGEST_SLIP) return null;
  const name = typed
    .replace(/^[-—–－]+/, '')
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
const OPTION = /^(?:--|－－|ーー|[—–])(by|since)(?:=(\S+))?$/i;
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
