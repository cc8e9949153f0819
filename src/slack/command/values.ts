import {
  storedDraftSchema,
  type Field,
  type FieldInput,
  type FieldKey,
  type StoredDraft,
} from '../../session/fields.ts';
import type { Problem } from '../../session/intent.ts';
import { unescape } from '../views/text.ts';
import type { Given } from './flags.ts';

/** What flags set, and what is wrong with them. */
export function readValues(given: readonly Given[]): { draft: StoredDraft; problems: Problem[] } {
  const values: Partial<Record<FieldKey, unknown>> = {};
  const problems: Problem[] = [];
  for (const [field, all] of Map.groupBy(given, (one) => one.field)) {
    const read = readTexts(
      field,
      all.map(({ text }) => text),
    );
    problems.push(...read.problems);
    if (read.value !== undefined) values[field.key] = read.value;
  }
  return { draft: storedDraftSchema.parse(values), problems };
}

/** What a field gets of all that is typed for it. Two values that mean the same are one. */
function readTexts(field: Field, texts: readonly string[]): { value?: unknown; problems: Problem[] } {
  const { key, input } = field;
  const isList = input.kind === 'list';
  const items = isList ? texts.flatMap(splitList) : texts;
  if (input.kind !== 'switch' && items.every((item) => item.trim() === ''))
    return { problems: [{ kind: 'missing-value', field: key }] };
  const isNone = (item: string): boolean => isList && item.toLowerCase() === 'none';
  // An empty list differs from no list.
  if (isList && input.none && items.every(isNone)) return { value: [], problems: [] };
  const read = items.map((item) => ({ item, taken: isNone(item) ? [] : accept(field, item) }));
  const problems: Problem[] = read
    .filter(({ taken }) => taken.length === 0)
    .map(({ item }) => ({ kind: 'bad-value', field: key, value: asTyped(item) }));
  const values = [...new Set(read.flatMap(({ taken }) => taken))];
  const most = isList ? (input.max ?? Infinity) : 1;
  if (values.length > most) problems.push({ kind: 'too-many', field: key, most, given: values.length });
  return { value: isList && values.length > 0 ? values : values[0], problems };
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
 * addresses (it reduces one to something else, or takes nothing else), the address counts. Empty: nothing is taken.
 */
function accept(field: Field, text: string): unknown[] {
  const address = unescape(text.replaceAll(WEB_LINK, '<$1>'));
  const [byLabel, byAddress] = [check(field, asTyped(text)), check(field, address)];
  const isReduced = byAddress.length > 0 && !byAddress.includes(address);
  return isReduced || byLabel.length === 0 ? byAddress : byLabel;
}

function asTyped(text: string): string {
  return unescape(text.replaceAll(WEB_LINK, '$2')).trim();
}

/** What the field's schema makes of it. */
function check(field: Field, text: string): unknown[] {
  const { success, data } = field.schema.safeParse(toInput(field.input, text));
  if (!success) return [];
  return Array.isArray(data) ? data : [data];
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
      return Number(plainWord(text));
    case 'switch':
      return toSwitch(input.initially, plainWord(text));
    case 'secrets':
    case 'json':
      // Too secret or too long for a command: such a field has no flag.
      return undefined;
  }
}

/** The flag alone says yes. */
const YES_OR_NO = new Map([
  ...['', 'on', 'yes', 'true', '1', 'はい'].map((word) => [word, true] as const),
  ...['off', 'no', 'false', 'never', '0', 'いいえ'].map((word) => [word, false] as const),
]);

/** Yes flips the switch, no leaves it. */
function toSwitch(initially: boolean, word: string): boolean | undefined {
  const isFlipped = YES_OR_NO.get(word);
  return isFlipped === undefined ? undefined : isFlipped !== initially;
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
