import type { KnownBlock, ModalView } from '@slack/types';
import { withoutCredentials } from '../../session/credentials.ts';
import type { Names, Sources } from '../../session/defaults.ts';
import { fields } from '../../session/fields.ts';
import type { RequestState } from '../../session/request.ts';
import type { Text } from '../../text/index.ts';
import { VIEW } from '../edge/ids.ts';
import {
  row,
  shownMoment,
  shownSeconds,
  shownSecrets,
  shownValue,
  VALUE_LENGTH,
  withWhy,
} from './details-values.ts';
import { bytesOf, context, fitting, header, modal, sections } from './objects.ts';
import { codeBlocks, escape, oneLine, lookup, truncate } from './text.ts';

/** Everything known about a request. Strings are raw, except `how`, a sentence of the catalog. */
export type SessionDetails = {
  /** As Devin gets it, by wire name, but its prompt is only the task, and secrets have only their keys. */
  request: Record<string, unknown>;
  /** The whole prompt; null: only the task, or not sent yet. */
  sent: string | null;
  sources: Sources;
  names: Names;
  /** What Devin said last; null: nothing yet. */
  snapshot: Readonly<Record<string, unknown>> | null;
  /** null: not established, or refused. */
  identity: { name: string; how: string; checkedAtMs: number } | null;
  requestId: string;
  state: RequestState | 'ended';
  createdAtMs: number;
  updatedAtMs: number;
  /** Sentences about approvals it has or waits for. */
  approvals: string[];
  problem: string | null;
  /** What was included from the conversation; null: nothing. */
  included: string | null;
  /** What Devin didn't get, a sentence each. */
  leftOut: string[];
  /** What the policy added to the task; null: nothing. */
  instructions: string | null;
};

const NAME_LENGTH = 200;
const SENTENCE_LENGTH = 2500;
/** How much of a view each part may take; rows beyond that are left out. */
const PART_BYTES = 70_000;
const SMALL_PART_BYTES = 20_000;

/**
 * Times in Devin's answer, in epoch seconds. https://docs.devin.ai/api-reference/v3/sessions/get-organizations-session
 */
const MOMENTS = new Set(['createdAt', 'updatedAt']);

/** Keys of the answer that only name things. */
const IDS = new Set([
  'sessionId',
  'orgId',
  'userId',
  'serviceUserId',
  'parentSessionId',
  'childSessionIds',
  'automationId',
]);
/** A key of the request among the ids. */
const AS_MEMBER = 'create_as_user_id';

export function renderDetails(details: SessionDetails, text: Text): ModalView {
  const { headings } = text.details;
  const small = (heading: string, rows: readonly string[]): KnownBlock[] =>
    rows.length === 0 ? [] : part({ heading, rows, bytes: SMALL_PART_BYTES }, text);
  return modal(
    {
      id: VIEW.details,
      words: text.details,
      blocks: [
        ...part({ heading: headings.asked, rows: askedRows(details, text), bytes: PART_BYTES }, text),
        context(text.settings.notSaid),
        ...small(headings.context, contextRows(details, text)),
        ...small(headings.request, requestRows(details, text)),
        ...part({ heading: headings.response, rows: responseRows(details, text), bytes: PART_BYTES }, text),
        ...small(headings.ids, idRows(details, text)),
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
    ...(sent === null ? [] : rows(text.review.title, sent, text)),
  ];
}

function runsAs({ identity }: SessionDetails, text: Text): string {
  if (identity === null) return text.details.identityOpen;
  const name = escape(truncate(oneLine(identity.name), NAME_LENGTH));
  return text.details.identity(name, identity.how, shownMoment(identity.checkedAtMs, text));
}

function idRows(details: SessionDetails, text: Text): string[] {
  return [
    row(text.details.requestId, shownValue(details.requestId, text)),
    ...askedRow(AS_MEMBER, details, text),
    ...answerRows(details, (key) => IDS.has(key), text),
  ];
}

function requestRows(details: SessionDetails, text: Text): string[] {
  const { problem, approvals } = details;
  return [
    row(text.details.runsAs, runsAs(details, text)),
    row(text.details.state, text.details.states[details.state]),
    ...(problem === null ? [] : [row(text.details.problem, truncate(escape(problem), SENTENCE_LENGTH))]),
    ...approvals.map((words) => row(text.approval.details, truncate(escape(words), SENTENCE_LENGTH))),
    row(text.details.createdAt, shownMoment(details.createdAtMs, text)),
    row(text.details.updatedAt, shownMoment(details.updatedAtMs, text)),
  ];
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
  const label = field === undefined ? (lookup(text.details.added, key) ?? key) : text.fields[field.key].label;
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

function responseRows(details: SessionDetails, text: Text): string[] {
  if (details.snapshot === null) return [text.details.noResponse];
  return answerRows(details, (key) => !IDS.has(key), text);
}

/** What Devin left empty is left out. */
function answerRows(details: SessionDetails, isHere: (key: string) => boolean, text: Text): string[] {
  const { snapshot, names } = details;
  return Object.entries(snapshot ?? {}).flatMap(([key, value]) => {
    const isEmpty = value === null || (Array.isArray(value) && value.length === 0);
    if (isEmpty || !isHere(key)) return [];
    const shown = MOMENTS.has(key) ? shownSeconds(value, text) : shownValue(value, text, names);
    return [row(lookup(text.details.response, key) ?? key, shown)];
  });
}
