import type { KnownBlock, ModalView } from '@slack/types';
import { withoutCredentials } from '../../session/credentials.ts';
import type { Names, Sources } from '../../session/defaults.ts';
import { fields } from '../../session/fields.ts';
import type { Text } from '../../text/index.ts';
import { VIEW } from '../edge/ids.ts';
import { row, shownMoment, shownSecrets, shownValue, VALUE_LENGTH, withWhy } from './details-values.ts';
import { bytesOf, context, fitting, header, modal, sections } from './objects.ts';
import { BETWEEN_FACTS } from './session-card.ts';
import { bold, codeBlocks, escape, fitCodeBlock, link, lookup, oneLine, truncate } from './text.ts';

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

const NAME_LENGTH = 200;
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
