import {
  mostOf,
  storedDraftSchema,
  type Field,
  type FieldInput,
  type FieldKey,
} from '../../session/fields.ts';
import type { IntentOf, Problem, Wish } from '../../session/intent.ts';
import { DEFAULT_DAYS, MOST_DAYS, USAGE_BY, type UsageScope } from '../../session/usage.ts';
import type { Text } from '../../text/index.ts';
import { unescape } from '../views/text.ts';
import type { Given } from './flags.ts';
import { DASHES } from './tokens.ts';

/** What the flags say, and what is wrong with the others. */
type ReadValues = Wish & { problems: Problem[] };

/**
 * `input` is what the field's schema accepted. `output` is what it made of it; two with the same output mean the same.
 */
type Accepted = { input: unknown; output: string };
type KnownGiven = Exclude<Given, { kind: 'unknown' }>;
type FieldTexts = { texts: (string | null)[]; problems: Problem[] };

/** `ownTag`: the app adds a tag of its own. */
export function readValues(given: readonly Given[], ownTag = true): ReadValues {
  const values: Partial<Record<FieldKey, unknown>> = {};
  const reset: FieldKey[] = [];
  const found: Problem[] = [];
  const known: KnownGiven[] = [];
  for (const one of given) {
    if (one.kind === 'unknown') found.push({ kind: 'unknown-flag', ...shownOption(one) });
    else known.push(one);
  }
  for (const field of new Set(known.map((one) => one.field))) {
    const said = sortOut(known.filter((one) => one.field === field));
    const {
      value,
      isReset = false,
      problems,
    } = isSaidDefault(field, said) ? { isReset: true, problems: [] } : readOne(field, said, ownTag);
    found.push(...said.problems, ...problems);
    if (isReset) reset.push(field.key);
    if (value !== undefined) values[field.key] = value;
  }
  return { draft: storedDraftSchema.parse(values), reset, problems: found };
}

/** What looks like an option, and what was probably meant, for people to read. */
function shownOption({ typed, meant }: Extract<Given, { kind: 'unknown' }>) {
  return { flag: asTyped(typed), meant: meant === null ? null : asTyped(meant) };
}

/** `--acu default`. For lists that can be "none", `all` means the same. */
function isSaidDefault(field: Field, { texts }: FieldTexts): boolean {
  return texts.length > 0 && texts.every((text) => text !== null && isDefault(field, text));
}

function isDefault(field: Field, text: string): boolean {
  const word = text.trim().toLowerCase();
  return word === 'default' || (word === 'all' && isEmptyMeant(field));
}

function sortOut(given: KnownGiven[]): FieldTexts {
  const said: FieldTexts = { texts: [], problems: [] };
  for (const one of given) {
    if (one.kind === 'value') said.texts.push(one.text);
    else if (one.kind === 'missing') said.problems.push({ kind: 'missing-value', field: one.field.key });
    else said.problems.push({ kind: 'unclosed-quote', field: one.field.key, value: asTyped(one.text) });
  }
  return said;
}

type Read = { value?: unknown; isReset?: boolean; problems: Problem[] };

function readOne(field: Field, said: FieldTexts, ownTag: boolean): Read {
  if (field.input.kind !== 'list') return readSingle(field, said);
  return readList(field, said, mostOf(field.input, ownTag));
}

function readSingle(field: Field, { texts }: FieldTexts): Read {
  const read = texts.map((text) => ({ text, accepted: accept(field, text) }));
  const problems = read.flatMap(({ text, accepted }) =>
    accepted === null ? [badValue(field, text ?? '')] : [],
  );
  const [first, ...others] = read.flatMap(({ accepted }) => (accepted === null ? [] : [accepted]));
  if (first === undefined) return { problems };
  if (others.some(({ output }) => output !== first.output)) {
    return { problems: [...problems, { kind: 'repeated', field: field.key }] };
  }
  return { value: first.input, problems };
}

function readList(field: Field, { texts }: FieldTexts, most: number | null): Read {
  const items = texts.flatMap((text) => splitList(text ?? ''));
  const isNone = (item: string): boolean => item.toLowerCase() === 'none';
  if (texts.length === 0) return { problems: [] };
  if (items.length === 0) return { problems: [{ kind: 'missing-value', field: field.key }] };
  if (items.every(isNone))
    return isEmptyMeant(field) ? { value: [], problems: [] } : { isReset: true, problems: [] };
  const stray = items.find((item) => isNone(item) || isDefault(field, item));
  if (stray !== undefined) return { problems: [badValue(field, stray)] };
  const read = items.map((item) => ({ item, accepted: accept(field, item) }));
  const problems = read.flatMap(({ item, accepted }) => (accepted === null ? [badValue(field, item)] : []));
  const distinct = new Map(
    read.flatMap(({ accepted }) => (accepted === null ? [] : [[accepted.output, accepted.input]])),
  );
  const value = [...distinct.values()].flat();
  if (value.length === 0) return { problems };
  if (most === null || value.length <= most) return { value, problems };
  return { problems: [...problems, { kind: 'too-many', field: field.key, most, given: value.length }] };
}

/** An empty list differs from no list. */
function isEmptyMeant({ input }: Field): boolean {
  return input.kind === 'list' && input.none;
}

/**
 * At commas, wide ones included, and line breaks outside Slack's tokens: an address can hold a comma, and end with what
 * ends a sentence elsewhere.
 */
function splitList(text: string): string[] {
  const items = text.match(/(?:<[^<>\n]+>|[^,，、\n])+/g) ?? [];
  return items.map((item) => withoutMarks(item.trim(), LIST_MARKS)).filter((item) => item !== '');
}

const WEB_LINK = /<(https?:[^<>|]*)\|([^<>]*)>/gi;

/**
 * Slack turns what looks like an address into a link, so the value is the label, as it was typed. If the field reads
 * addresses (it reduces one to something else, or takes nothing else), the address counts.
 */
function accept(field: Field, text: string | null): Accepted | null {
  if (text === null) return check(field, '');
  const typed = asTyped(text);
  const address = unescape(text.replaceAll(WEB_LINK, '<$1>'));
  const byAddress = check(field, address);
  const isReduced = byAddress !== null && byAddress.output !== JSON.stringify(byAddress.input);
  return isReduced && address !== typed ? byAddress : (check(field, typed) ?? byAddress);
}

function asTyped(text: string): string {
  return unescape(text.replaceAll(WEB_LINK, '$2')).trim();
}

function check(field: Field, text: string): Accepted | null {
  const input = toInput(field.input, text);
  const { success, data } = field.schema.safeParse(input);
  return success ? { input, output: JSON.stringify(data) } : null;
}

function toInput(input: FieldInput, text: string): unknown {
  switch (input.kind) {
    case 'text':
      return text;
    case 'list':
      return [text];
    case 'choice':
      return input.options.find((option) => option.toLowerCase() === plainWord(text));
    case 'number':
      return numberIn(plainWord(text));
    case 'switch':
      return toSwitch(input.initially, text.toLowerCase());
    case 'secrets':
    case 'json':
      // Too secret or too long for a command: such a field has no flag.
      return undefined;
  }
}

/** Also as texts show it: `1,000`. */
function numberIn(word: string): number | undefined {
  const digits = /^\d{1,3}(?:,\d{3})+$/.test(word) ? word.replaceAll(',', '') : word;
  return /^\d+$/.test(digits) ? Number(digits) : undefined;
}

const YES = new Set(['', 'on', 'yes', 'true', '1', 'はい']);
const NO = new Set(['off', 'no', 'false', 'never', '0', 'いいえ']);

/** A flag flips its switch; `=false` leaves it. */
function toSwitch(initially: boolean, text: string): boolean | undefined {
  if (YES.has(text)) return !initially;
  return NO.has(text) ? initially : undefined;
}

const SENTENCE_MARKS = '.,;:!?';
/** Before anything is decoded, `;` ends `&amp;`. */
const LIST_MARKS = '.:!?';

/** In lower case, without wide characters (`１０`) and the punctuation after it: `--mode fast, --acu 10.` */
function plainWord(typed: string): string {
  return withoutMarks(typed.normalize('NFKC').toLowerCase(), SENTENCE_MARKS);
}

function withoutMarks(text: string, marks: string): string {
  let end = text.length;
  while (end > 0 && marks.includes(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}

function badValue(field: Field, text: string): Problem {
  return { kind: 'bad-value', field: field.key, value: asTyped(text) };
}

/** What a flag takes, in plain words. A list's flag can be repeated, and takes several values at once. */
export function flagTakes({ key, input }: Field, text: Text): string {
  const { takes } = text.fields[key];
  return input.kind === 'list' ? text.command.several(takes, input.none) : takes;
}

/** Slack's apps turn two hyphens into a dash. */
const OPTION = new RegExp(`^${DASHES}(by|since)(?:=(\\S+))?$`, 'i');
const DAYS = /^(\d{1,3})d?$/i;

const USUALLY_BY = { me: 'repo', channel: 'month', workspace: 'month' } as const;

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
