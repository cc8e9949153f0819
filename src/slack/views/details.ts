import type { KnownBlock, ModalView } from '@slack/types';
import { withoutCredentials } from '../../session/credentials.ts';
import type { Names, Sources } from '../../session/defaults.ts';
import { fields, type FieldValues } from '../../session/fields.ts';
import type { Text } from '../../text/index.ts';
import { MS_PER_S } from '../../time.ts';
import { VIEW } from '../edge/ids.ts';
import { bytesOf, context, fitting, header, modal, sections } from './objects.ts';
import type { FormIdentity } from './session-form.ts';
import {
  bold,
  codeBlock,
  codeBlocks,
  escape,
  facts,
  fitCodeBlock,
  ifAny,
  link,
  lookup,
  oneLine,
  present,
  truncate,
  code,
  date,
  isWebAddress,
} from './text.ts';

/** What was asked, in what context, as whom, and the link. Strings are raw, except those of `identity`. */
export type SessionDetails = {
  asked: FieldsShown;
  /** The whole prompt; null: only the task, or not sent yet. */
  sent: string | null;
  /** The session's address; null: there is none, or the reader may not open it. */
  url: string | null;
  /** null: not established, or refused. */
  identity: Pick<FormIdentity, 'who' | 'how'> | null;
  /** Sentences: what went wrong, the approvals it has or waits for, and what Devin didn't get. */
  news: (string | null)[];
  /** What the policy added to the task; null: nothing, or `sent` has it. */
  instructions: string | null;
  /** Ids and states by their names in Slack, Devin and here. */
  support: Readonly<Record<string, string | null | undefined>>;
};

const SENTENCE_LENGTH = 2500;
/** How much of a view each part may take; rows beyond that are left out. */
const PART_BYTES = 70_000;
const SMALL_PART_BYTES = 20_000;

export function renderDetails(details: SessionDetails, text: Text): ModalView {
  const { headings, title } = text.details;
  const { asked, support } = details;
  const ids = Object.entries(support).flatMap(([name, value]) => (value ? `${name}: ${oneLine(value)}` : []));
  return modal(
    {
      id: VIEW.details,
      words: { title },
      blocks: [
        ...sections(summaryRows(details, text)),
        ...part({ heading: headings.asked, rows: fieldRows(asked, text), bytes: PART_BYTES }, text),
        ...part(
          { heading: text.modal.context.label, rows: contextRows(details, text), bytes: SMALL_PART_BYTES },
          text,
        ),
        header(headings.support),
        ...sections([fitCodeBlock(ids.join('\n'), VALUE_LENGTH).block]),
      ],
    },
    text,
  );
}

type Part = { heading: string; rows: readonly string[]; bytes: number };

function part({ heading, rows, bytes: most }: Part, text: Text): KnownBlock[] {
  const blocks = sections(rows);
  const kept = fitting(blocks, most, bytesOf);
  const cut = kept.length < blocks.length ? [context(text.details.cut)] : [];
  return blocks.length === 0 ? [] : [header(heading), ...kept, ...cut];
}

function contextRows({ instructions, sent }: SessionDetails, text: Text): string[] {
  const added = ifAny(instructions, (words) =>
    row(text.details.instructions, truncate(escape(oneLine(words)), SENTENCE_LENGTH)),
  );
  return present([added, ...(ifAny(sent, (prompt) => rows(text.modal.review, prompt, { text })) ?? [])]);
}

/** As whom, what went wrong, who approved it, and the link. */
function summaryRows({ identity, news, url }: SessionDetails, text: Text): (string | null)[] {
  return [
    ifAny(identity, ({ who, how }) => facts(who, how)),
    ...present(news).map((words) => truncate(escape(words), SENTENCE_LENGTH)),
    ifAny(url, (address) => link(address, text.card.buttons.open)),
  ];
}

/** `secretNames`: a session's own. `names`: of ids among the values, which are shown with them. */
export type FieldsShown = {
  values: FieldValues;
  secretNames?: readonly string[];
  sources?: Sources;
  names?: Names | undefined;
};

/** Each field with a value, uncut, with where it comes from unless that is the request. A secret's value is never shown. */
export function fieldRows(
  { values, secretNames = [], sources = {}, names = {} }: FieldsShown,
  text: Text,
): string[] {
  const { withWhy, why } = text.details;
  return fields.flatMap(({ key, input }) => {
    const named = secretNames.length === 0 ? undefined : secretNames;
    const value = input.kind === 'secrets' ? named : values[key];
    const { [key]: source = 'request' } = sources;
    const { label } = text.fields[key];
    const labeled = source === 'request' ? label : withWhy(label, why[source]);
    return value === undefined ? [] : rows(labeled, value, { text, names });
  });
}

/** Of a longer value, the parts are code blocks. */
const VALUE_LENGTH = 2500;
const LABEL_LENGTH = 150;
const SPAN_LENGTH = 200;
const LINKED_LENGTH = 500;
const NAME_LENGTH = 150;

function rows(label: string, value: unknown, { text, names = {} }: { text: Text; names?: Names }): string[] {
  const shown = shownValue(value, text, (one) => shownNamed(one, names));
  return shown.length <= VALUE_LENGTH
    ? [row(label, shown)]
    : [row(label, ''), ...codeBlocks(withoutCredentials(writtenValue(value)))];
}

function writtenValue(value: unknown): string {
  if (Array.isArray(value)) return value.join('\n');
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
}

/** A value under its label. `shown` starts with a line break if it needs its own lines. */
export function row(label: string, shown: string): string {
  return `${bold(escape(truncate(label, LABEL_LENGTH)))}:${shown.startsWith('\n') ? '' : ' '}${shown}`;
}

/** In words. `item`: how one value is shown. */
function shownValue(value: unknown, text: Text, item: (one: unknown) => string): string {
  if (typeof value === 'boolean') return value ? text.details.yes : text.details.no;
  const items = [value].flat();
  return items.length === 0 ? text.details.none : text.joins.list(items.map((one) => item(one)));
}

/** In mrkdwn. Ids and words are in code spans, to be copied. */
function shownNamed(value: unknown, names: Names): string {
  if (typeof value === 'number') return String(value);
  const written = writtenValue(value);
  const name = lookup(names, written);
  const shown = shownString(withoutCredentials(written));
  return name === undefined ? shown : `${escape(truncate(oneLine(name), NAME_LENGTH))} (${shown})`;
}

/** A code span is one line and can't contain a backtick. */
function shownString(value: string): string {
  if (isWebAddress(value) && value.length <= LINKED_LENGTH) return link(value, value);
  const isSpan = value.length <= SPAN_LENGTH && !/[`\n]/.test(value) && value.trim() !== '';
  return isSpan ? code(value) : `\n${codeBlock(value)}`;
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

const OPTION_LENGTH = 80;

/** Options in a few words each, `Repositories: acme/web`, in the order of the field table. Escaped. */
export function optionWords(values: FieldValues, text: Text, names: Names = {}): string[] {
  const named = (one: unknown): string =>
    typeof one === 'object' ? text.details.yes : (lookup(names, writtenValue(one)) ?? writtenValue(one));
  return fields
    .filter(({ key }) => values[key] !== undefined)
    .map(({ key }) => {
      const shown = truncate(oneLine(shownValue(values[key], text, named)), OPTION_LENGTH);
      return escape(`${text.fields[key].label}: ${shown}`);
    });
}
