import { z } from 'zod';
import { withoutCredentials } from '../../session/credentials.ts';
import type { Names, Sources, ValueSource } from '../../session/defaults.ts';
import { fields, type FieldValues } from '../../session/fields.ts';
import type { Text } from '../../text/index.ts';
import { MS_PER_S } from '../../time.ts';
import {
  bold,
  code,
  date,
  escape,
  fitCodeBlock,
  isWebAddress,
  link,
  lookup,
  oneLine,
  truncate,
} from './text.ts';

/** Any JSON value in mrkdwn, within one section. Ids and words are in code spans, to be copied. */

/** Of a longer value, only the beginning is shown. */
export const VALUE_LENGTH = 2500;
const LABEL_LENGTH = 150;
const SPAN_LENGTH = 200;
const LINKED_LENGTH = 500;
const ADDRESS_LENGTH = 45;
const LAST_PART_LENGTH = 16;
const NAME_LENGTH = 150;

/** `names`: of ids among the values, which are shown with them. */
export function shownValue(value: unknown, text: Text, names: Names = {}): string {
  if (value === null || value === undefined || value === '') return text.details.none;
  if (typeof value === 'boolean') return value ? text.details.yes : text.details.no;
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return shownNamed(value, text, names);
  if (!Array.isArray(value)) return shownBlock(JSON.stringify(value, null, 2), text);
  const items: unknown[] = value;
  return shownList(items, text, names);
}

/** A value under its label. `shown` starts with a line break if it needs its own lines. */
export function row(label: string, shown: string): string {
  return `${bold(escape(truncate(label, LABEL_LENGTH)))}:${shown.startsWith('\n') ? '' : ' '}${shown}`;
}

/** The label with where the value comes from, unless that is the request. */
export function withWhy(label: string, source: ValueSource | 'app', { details }: Text): string {
  return source === 'request' ? label : details.withWhy(label, details.why[source]);
}

type Sourced = { values: FieldValues; sources?: Sources; names?: Names | undefined };

/** Each field with a value in a row, uncut, in the order of the field table. */
export function fieldRows({ values, sources = {}, names }: Sourced, text: Text): string[] {
  return fields.flatMap(({ key }) => {
    if (values[key] === undefined) return [];
    const label = withWhy(text.fields[key].label, sources[key] ?? 'request', text);
    return [row(label, shownValue(values[key], text, names))];
  });
}

function shownNamed(value: string, text: Text, names: Names): string {
  const name = lookup(names, value);
  const shown = shownString(value, text);
  return name === undefined ? shown : `${escape(truncate(oneLine(name), NAME_LENGTH))} (${shown})`;
}

/** A zero-width space, for "today": Slack capitalizes a format's first letter, also within a sentence. */
const KEEPS_SMALL = '\u200B';

/** In the reader's time zone, with a fallback for clients that can't show it. */
export function shownMoment(epochMs: number, { joins }: Pick<Text, 'joins'>): string {
  const fallback = `${new Date(epochMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  return date(epochMs / MS_PER_S, fallback, `${KEEPS_SMALL}${joins.moment}`);
}

/** The same, without the day. */
export function shownTime(epochMs: number): string {
  return date(epochMs / MS_PER_S, `${new Date(epochMs).toISOString().slice(11, 16)} UTC`, '{time}');
}

const keyedSchema = z.array(z.object({ key: z.string() }));

/** The names of secrets, never their values. */
export function shownSecrets(value: unknown, text: Text): string {
  const secrets = keyedSchema.safeParse(value).data ?? [];
  const names = secrets.map(({ key }) => key);
  return text.details.secretKeys(shownList(names, text));
}

/** A long address as its host and its last part, within a line of a narrow window. */
function addressWords(address: string): string {
  const url = address.length <= ADDRESS_LENGTH ? null : URL.parse(address);
  if (url === null) return address;
  const { host, pathname } = url;
  const last = pathname.split('/').findLast((part) => part !== '') ?? '';
  return `${host}/…/${truncate(last, LAST_PART_LENGTH)}`;
}

function shownString(raw: string, text: Text): string {
  const value = withoutCredentials(raw);
  if (isWebAddress(value) && value.length <= LINKED_LENGTH) return link(value, addressWords(value));
  // A code span is one line and can't contain a backtick.
  return value.length <= SPAN_LENGTH && !/[`\n]/.test(value) && value.trim() !== ''
    ? code(value)
    : shownBlock(value, text);
}

function shownBlock(value: string, text: Text): string {
  const { block, cut } = fitCodeBlock(withoutCredentials(value), VALUE_LENGTH);
  return `\n${block}${cut ? `\n${text.details.cut}` : ''}`;
}

function shownList(items: readonly unknown[], text: Text, names: Names = {}): string {
  if (items.length === 0) return text.details.none;
  const shown: string[] = [];
  let length = 0;
  for (const item of items) {
    const one = shownItem(item, text, names);
    length += one.length;
    if (length > VALUE_LENGTH) break;
    shown.push(one);
  }
  if (shown.length === 0) return shownBlock(JSON.stringify(items, null, 2), text);
  const more = items.length - shown.length;
  return text.joins.list([...shown, ...(more > 0 ? [text.details.andMore(more)] : [])]);
}

/** An object in a list, such as a pull request, shows its values in a row. */
function shownItem(item: unknown, text: Text, names: Names): string {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) return shownValue(item, text, names);
  return Object.values(item)
    .map((value) => shownValue(value, text))
    .join(' ');
}

const OPTION_LENGTH = 80;

/** Options in a few words each, `Repositories: acme/web`, in the order of the field table. Escaped. */
export function optionWords(values: FieldValues, text: Text, names: Names = {}): string[] {
  return fields.flatMap(({ key }) => {
    const value = values[key];
    return value === undefined
      ? []
      : [`${escape(text.fields[key].label)}: ${shortValue(value, text, names)}`];
  });
}

function shortValue(value: unknown, text: Text, names: Names): string {
  if (typeof value === 'boolean') return value ? text.details.yes : text.details.no;
  if (Array.isArray(value) && value.length === 0) return text.details.none;
  const ids: unknown[] = Array.isArray(value) ? value : [value];
  const items = ids.map((id) => (typeof id === 'string' ? (lookup(names, id) ?? id) : id));
  const isPlain = items.every((item) => typeof item === 'string' || typeof item === 'number');
  return isPlain ? escape(truncate(oneLine(items.join(', ')), OPTION_LENGTH)) : text.details.isSet;
}
