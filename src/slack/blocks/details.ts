import type { KnownBlock, ModalView } from '@slack/types';
import type { Sources, ValueSource } from '../../session/defaults.ts';
import { fields } from '../../session/fields.ts';
import type { RequestState } from '../../session/request.ts';
import type { Text } from '../../text/index.ts';
import { VIEW } from '../ids.ts';
import { shownMoment, shownSeconds, shownSecrets, shownValue } from './details-values.ts';
import { LIMIT } from './limits.ts';
import { caption, context, header, sections } from './objects.ts';
import { bold, escape, oneLine, ownEntry, truncate } from './text.ts';

/** Everything known about a request. Strings are raw, except `how`, a sentence of the catalog. */
export type SessionDetails = {
  /** As it goes to Devin, by wire name; secrets are shown by their keys only. */
  request: Record<string, unknown>;
  sources: Sources;
  /** As Devin gave it, by wire name; null: not yet. */
  response: Record<string, unknown> | null;
  /** null: not established, or refused. */
  identity: { name: string; how: string; checkedAtMs: number } | null;
  requestId: string;
  /** By which the session is found in Devin; null: it carries none. */
  requestTag: string | null;
  state: RequestState;
  createdAtMs: number;
  updatedAtMs: number;
  /** Why it failed. */
  problem: string | null;
  /** What Devin did not get, a sentence each. */
  leftOut: string[];
};

const LABEL_LENGTH = 150;
const NAME_LENGTH = 200;
const SENTENCE_LENGTH = 2500;
/** A third of what a view may be, since it has three parts; rows that go beyond it are left out. */
const PART_BYTES = 80_000;

/** Devin's moments, in epoch seconds. https://docs.devin.ai/api-reference/v3/sessions/get-organizations-session */
const MOMENTS = new Set(['created_at', 'updated_at']);

export function renderDetails(details: SessionDetails, text: Text): ModalView {
  const { headings } = text.details;
  return {
    type: 'modal',
    callback_id: VIEW.details,
    title: caption(text.details.title, LIMIT.viewTitle),
    close: caption(text.details.close, LIMIT.viewTitle),
    blocks: [
      ...part(headings.asked, askedRows(details, text), text),
      context(text.details.notSaid),
      ...part(headings.request, requestRows(details, text), text),
      ...part(headings.response, responseRows(details, text), text),
    ],
  };
}

function part(heading: string, rows: readonly string[], text: Text): KnownBlock[] {
  const blocks = sections(rows);
  let bytes = 0;
  const kept = blocks.filter((block) => (bytes += Buffer.byteLength(JSON.stringify(block))) <= PART_BYTES);
  return [header(heading), ...kept, ...(kept.length < blocks.length ? [context(text.details.cut)] : [])];
}

function requestRows(details: SessionDetails, text: Text): string[] {
  const { identity, problem, requestTag: tag } = details;
  const runsAs =
    identity === null
      ? text.details.identityOpen
      : text.details.identity(
          escape(truncate(oneLine(identity.name), NAME_LENGTH)),
          identity.how,
          shownMoment(identity.checkedAtMs),
        );
  return [
    row(text.details.state, text.details.states[details.state]),
    ...(problem === null ? [] : [row(text.details.problem, truncate(escape(problem), SENTENCE_LENGTH))]),
    ...details.leftOut.map((sentence) =>
      row(text.details.leftOut, truncate(escape(sentence), SENTENCE_LENGTH)),
    ),
    row(text.details.runsAs, runsAs),
    row(text.details.createdAt, shownMoment(details.createdAtMs)),
    row(text.details.updatedAt, shownMoment(details.updatedAtMs)),
    row(text.details.requestId, shownValue(details.requestId, text)),
    ...(tag === null ? [] : [row(text.details.requestTag, shownValue(tag, text))]),
  ];
}

/** In the order of the field table; what is not in it, the app added. */
function askedRows({ request, sources }: SessionDetails, text: Text): string[] {
  const known = fields.map(({ key, input }) => ({
    key,
    label: text.fields[key].label,
    secret: input.kind === 'secrets',
  }));
  const added = Object.keys(request)
    .filter((key) => known.every((field) => field.key !== key))
    .map((key) => ({ key, label: ownEntry(text.details.added, key) ?? key, secret: false }));
  return [...known, ...added].flatMap(({ key, label, secret }) => {
    const value = request[key];
    if (value === undefined) return [];
    const shown = secret ? shownSecrets(value, text) : shownValue(value, text);
    return [row(withWhy(label, ownEntry(sources, key) ?? 'app', text), shown)];
  });
}

function withWhy(label: string, source: ValueSource | 'app', text: Text): string {
  return source === 'request' ? label : text.details.withWhy(label, text.details.why[source]);
}

function responseRows({ response }: SessionDetails, text: Text): string[] {
  if (response === null) return [text.details.noResponse];
  return Object.entries(response).map(([key, value]) =>
    row(
      ownEntry(text.details.response, key) ?? key,
      MOMENTS.has(key) ? shownSeconds(value, text) : shownValue(value, text),
    ),
  );
}

/** `shown` begins with a line break where it needs lines of its own. */
function row(label: string, shown: string): string {
  return `${bold(escape(truncate(label, LABEL_LENGTH)))}:${shown.startsWith('\n') ? '' : ' '}${shown}`;
}
