import {
  mostOf,
  storedDraftSchema,
  type Field,
  type FieldInput,
  type FieldKey,
  type StoredDraft,
} from '../../session/fields.ts';
import type { IntentOf, Problem } from '../../session/intent.ts';
import { DEFAULT_DAYS, MOST_DAYS, USAGE_BY, type UsageScope } from '../../session/usage.ts';
import type { Text } from '../../text/index.ts';
import { unescape } from '../views/text.ts';
import type { Given } from './flags.ts';
import { DASHES } from './tokens.ts';

/** `ownTag`: the app adds a tag of its own. */
export function readValues(
  given: readonly Given[],
  ownTag = true,
): { draft: StoredDraft; problems: Problem[] } {
  const said = new Map<Field, (string | null)[]>();
  const values: Partial<Record<FieldKey, unknown>> = {};
  const problems: Problem[] = [];
  for (const one of given) {
    if (one.kind === 'value') said.set(one.field, [...(said.get(one.field) ?? []), one.text]);
    else problems.push(problemOf(one));
  }
  for (const [field, texts] of said) {
    const read = readTexts(field, texts, ownTag);
    problems.push(...read.problems);
    if (read.value !== undefined) values[field.key] = read.value;
  }
  return { draft: storedDraftSchema.parse(values), problems };
}

function problemOf(given: Exclude<Given, { kind: 'value' }>): Problem {
  switch (given.kind) {
    case 'unknown':
      return { kind: 'unknown-flag', flag: asTyped(given.typed) };
    case 'missing':
      return { kind: 'missing-value', field: given.field.key };
    case 'unclosed':
      return { kind: 'bad-value', field: given.field.key, value: asTyped(given.text) };
  }
}

/** What a field gets of all that is typed for it. Two values that mean the same are one. */
function readTexts(field: Field, texts: readonly (string | null)[], ownTag: boolean) {
  const { key, input } = field;
  const isList = input.kind === 'list';
  const items = isList ? texts.flatMap((text) => splitList(text ?? '')) : texts;
  if (items.length === 0) return { problems: [{ kind: 'missing-value', field: key } as const] };
  const isNone = (item: string | null): boolean => isList && item?.toLowerCase() === 'none';
  // An empty list differs from no list.
  if (isList && input.none && items.every(isNone)) return { value: [], problems: [] };
  const accepted = new Map<string, unknown>();
  const problems: Problem[] = [];
  for (const item of items) {
    const one = isNone(item) ? null : accept(field, item);
    if (one === null) problems.push({ kind: 'bad-value', field: key, value: asTyped(item ?? '') });
    else accepted.set(one.output, accepted.get(one.output) ?? one.input);
  }
  const values = [...accepted.values()];
  const most = isList ? mostOf(input, ownTag) : 1;
  if (most === null || values.length <= most)
    return { value: isList && values.length > 0 ? values.flat() : values[0], problems };
  const tooMany: Problem = { kind: 'too-many', field: key, most, given: values.length };
  return { problems: [...problems, tooMany] };
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

/** `input` is what the field's schema accepted; `output` is what it made of it: two with the same output mean the same. */
type Accepted = { input: unknown; output: string };

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
