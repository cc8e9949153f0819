import type { KnownBlock, ModalView } from '@slack/types';
import { z } from 'zod';
import { withoutCredentials } from '../../session/credentials.ts';
import type { Names, Sources, ValueSource } from '../../session/defaults.ts';
import { fields, type FieldValues } from '../../session/fields.ts';
import type { Text } from '../../text/index.ts';
import { MS_PER_S } from '../../time.ts';
import { VIEW } from '../edge/ids.ts';
import { bytesOf, context, fitting, header, modal, sections } from './objects.ts';
import {
  bold,
  codeBlocks,
  escape,
  fitCodeBlock,
  link,
  lookup,
  oneLine,
  truncate,
  BETWEEN_FACTS,
  code,
  date,
  isWebAddress,
} from './text.ts';

/** What was asked, in what context, as whom, and the link. Strings are raw, except `how`, a sentence of the catalog. */
export type SessionDetails = {
  /** As Devin gets it, by wire name, but its prompt is only the task, and secrets have only their keys. */
  request: Record<string, unknown>;
  /** The whole prompt; null: only the task, or not sent yet. */
  sent: string | null;
  sources: Sources;
  names: Names;
  /** The session's address; null: there is none, or the reader may not open it. */
  url: string | null;
  /** null: not established, or refused. */
  identity: { name: string; how: string; checkedAtMs: number } | null;
  /** Sentences about approvals it has or waits for. */
  approvals: string[];
  problem: string | null;
  /** What was included from the conversation; null: nothing. */
  included: string | null;
  /** What Devin didn't get, a sentence each. */
  leftOut: string[];
  /** What the policy added to the task; null: nothing. */
  instructions: string | null;
  /** Ids and states by their names in Slack, Devin and here. */
  support: Readonly<Record<string, string | null | undefined>>;
};

const SENTENCE_LENGTH = 2500;
/** How much of a view each part may take; rows beyond that are left out. */
const PART_BYTES = 70_000;
const SMALL_PART_BYTES = 20_000;

/** Who it runs as is said in words. */
const AS_MEMBER = 'create_as_user_id';

export function renderDetails(details: SessionDetails, text: Text): ModalView {
  const { headings, title } = text.details;
  const small = (heading: string, rows: readonly string[]): KnownBlock[] =>
    rows.length === 0 ? [] : part({ heading, rows, bytes: SMALL_PART_BYTES }, text);
  return modal(
    {
      id: VIEW.details,
      words: { title },
      blocks: [
        ...sections(summaryRows(details, text)),
        ...part({ heading: headings.asked, rows: askedRows(details, text), bytes: PART_BYTES }, text),
        context(text.settings.notSaid),
        ...small(headings.context, contextRows(details, text)),
        ...small(headings.support, [fitCodeBlock(supportLines(details), VALUE_LENGTH).block]),
      ],
    },
    text,
  );
}

type Part = { heading: string; rows: readonly string[]; bytes: number };

function part({ heading, rows, bytes: most }: Part, text: Text): KnownBlock[] {
  const blocks = sections(rows);
  const kept = fitting(blocks, most, bytesOf);
  return [header(heading), ...kept, ...(kept.length < blocks.length ? [context(text.details.cut)] : [])];
}

function contextRows({ included, leftOut, instructions, sent }: SessionDetails, text: Text): string[] {
  const sentence = (label: string, words: string): string =>
    row(label, truncate(escape(words), SENTENCE_LENGTH));
  return [
    sentence(text.details.included, included ?? text.details.onlyTask),
    ...leftOut.map((words) => sentence(text.details.leftOut, words)),
    ...(instructions === null ? [] : [sentence(text.details.instructions, oneLine(instructions))]),
    ...(sent === null ? [] : rows(text.modal.review, sent, text)),
  ];
}

/** As whom, what went wrong, who approved it, and the link. */
function summaryRows({ identity, problem, approvals, url }: SessionDetails, text: Text): string[] {
  return [
    ...(identity === null ? [] : [runsAs(identity, text)]),
    ...[...(problem === null ? [] : [problem]), ...approvals].map((words) =>
      truncate(escape(words), SENTENCE_LENGTH),
    ),
    ...(url === null ? [] : [link(url, text.card.buttons.open)]),
  ];
}

function runsAs(
  { name, how, checkedAtMs }: NonNullable<SessionDetails['identity']>,
  { modal: { runsAs: words }, home, joins }: Text,
): string {
  const who = words.member(bold(escape(truncate(oneLine(name), NAME_LENGTH))));
  const known = joins.sentences([how, home.runsAs.checked(shownMoment(checkedAtMs, { joins }))]);
  return [who, known].join(BETWEEN_FACTS);
}

function supportLines({ support }: SessionDetails): string {
  return Object.entries(support)
    .flatMap(([name, value]) => (value === null || value === undefined ? [] : [`${name}: ${oneLine(value)}`]))
    .join('\n');
}

/** In the order of the field table; the app added the others. */
function askedRows(details: SessionDetails, text: Text): string[] {
  const { request } = details;
  const known: string[] = fields.map(({ key }) => key);
  const added = Object.keys(request).filter((key) => !known.includes(key));
  return [...known, ...added]
    .filter((key) => key !== AS_MEMBER)
    .flatMap((key) => askedRow(key, details, text));
}

function askedRow(key: string, { request, sources, names }: SessionDetails, text: Text): string[] {
  const value = request[key];
  if (value === undefined) return [];
  const field = fields.find((one) => one.key === key);
  const label = field === undefined ? key : text.fields[field.key].label;
  const labelWithWhy = withWhy(label, lookup(sources, key) ?? 'app', text);
  return field?.input.kind === 'secrets'
    ? [row(labelWithWhy, shownSecrets(value, text))]
    : rows(labelWithWhy, value, text, names);
}

/** A long text takes several rows. */
function rows(label: string, value: unknown, text: Text, names: Names = {}): string[] {
  if (typeof value !== 'string' || value.length <= VALUE_LENGTH)
    return [row(label, shownValue(value, text, names))];
  return [row(label, ''), ...codeBlocks(withoutCredentials(value))];
}

/** Any JSON value in mrkdwn, within one section. Ids and words are in code spans, to be copied. */

/** Of a longer value, only the beginning is shown. */
const VALUE_LENGTH = 2500;
const LABEL_LENGTH = 150;
const SPAN_LENGTH = 200;
const LINKED_LENGTH = 500;
const ADDRESS_LENGTH = 45;
const LAST_PART_LENGTH = 16;
const NAME_LENGTH = 150;

/** `names`: of ids among the values, which are shown with them. */
function shownValue(value: unknown, text: Text, names: Names = {}): string {
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
function withWhy(label: string, source: ValueSource | 'app', { details }: Text): string {
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
