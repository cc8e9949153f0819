import { randomBytes } from 'node:crypto';
import type { Selectable, Updateable } from 'kysely';
import { z } from 'zod';
import { messageContextSchema, PLACE_KINDS } from '../session/context.ts';
import type { MessageContext, PlaceKind } from '../session/context.ts';
import { VALUE_SOURCES } from '../session/defaults.ts';
import type { EffectiveDraft } from '../session/defaults.ts';
import { failureSchema } from '../session/failure.ts';
import { storedDraftSchema } from '../session/fields.ts';
import { identitySchema } from '../session/identity.ts';
import { REQUEST_STATES } from '../session/request.ts';
import { json } from './json.ts';
import type { SessionRequestsTable } from './tables.ts';

/** Files that did not reach Devin, and why. */
const leftOutSchema = z.object({
  name: z.string(),
  reason: z.enum([
    'too-large',
    'sign-in-page',
    'unreadable',
    'no-permission',
    'refused',
    'too-many',
    'thread-unreadable',
    'thread-too-long',
    'thread-not-theirs',
  ]),
});
export type LeftOut = z.infer<typeof leftOutSchema>;

export const effectiveDraftSchema = z.object({
  values: storedDraftSchema,
  sources: z.partialRecord(z.string(), z.enum(VALUE_SOURCES)),
});

const uploadsSchema = z.object({ urls: z.array(z.string()), leftOut: z.array(leftOutSchema) });

/** Why a request waits, while it does. */
const WAITING = ['busy', 'down', 'looking'] as const;

const requestSchema = z.object({
  id: z.string(),
  dedupe_key: z.string(),
  state: z.enum(REQUEST_STATES),
  source: z.enum(['command', 'form', 'follow', 'restored']),
  team_id: z.string(),
  user_id: z.string(),
  channel_id: z.string(),
  thread_ts: z.string().nullable(),
  /** null: not known, so it is taken for private. */
  place_kind: z.enum(PLACE_KINDS).nullable(),
  draft: effectiveDraftSchema,
  context: messageContextSchema.nullable(),
  slack_file_ids: z.array(z.string()),
  sealed: z.string().nullable(),
  had_secrets: z.boolean(),
  secret_names: z.array(z.string()),
  identity: identitySchema.nullable(),
  card_channel_id: z.string().nullable(),
  card_ts: z.string().nullable(),
  card_attempted_at: z.date().nullable(),
  card_elsewhere: z.string().nullable(),
  card_stale: z.boolean(),
  card_shown: z.string().nullable(),
  card_class: z.number(),
  card_prepaid: z.boolean(),
  prompt: z.string().nullable(),
  uploads: uploadsSchema.nullable(),
  waiting: z.enum(WAITING).nullable(),
  sent_at: z.date().nullable(),
  session_id: z.string().nullable(),
  failure: failureSchema.nullable(),
  resumed_at: z.date().nullable(),
  checked_at: z.date().nullable(),
  created_at: z.date(),
  updated_at: z.date(),
});
/** One request for a session, from the moment Slack was answered. Column names, parsed. */
export type SessionRequest = z.infer<typeof requestSchema>;

export type NewRequest = {
  id: string;
  dedupeKey: string;
  source: SessionRequest['source'];
  teamId: string;
  userId: string;
  channelId: string;
  threadTs: string | null;
  /** Left out: not known. */
  placeKind?: PlaceKind | null | undefined;
  draft: EffectiveDraft;
  context: MessageContext | null;
  slackFileIds: string[];
  sealed: string | null;
  /** What session secrets are called; their values are only in `sealed`. */
  secretNames?: readonly string[];
};

/** What a transition may change besides the state. JSON columns take plain values. */
export type RequestChanges = Partial<
  Pick<
    SessionRequest,
    | 'sealed'
    | 'identity'
    | 'card_channel_id'
    | 'card_ts'
    | 'card_attempted_at'
    | 'card_elsewhere'
    | 'card_stale'
    | 'prompt'
    | 'uploads'
    | 'waiting'
    | 'sent_at'
    | 'session_id'
    | 'failure'
    | 'context'
    | 'resumed_at'
    | 'checked_at'
  >
>;

/** The thread the card is in; null: it is a message of its own, as in a direct message. */
export function cardThread(request: Pick<SessionRequest, 'card_elsewhere' | 'thread_ts'>): string | null {
  return request.card_elsewhere === null ? request.thread_ts : null;
}

/** When a person last asked for it. */
export function askedAt({ resumed_at, created_at }: Pick<SessionRequest, 'resumed_at' | 'created_at'>): Date {
  return resumed_at ?? created_at;
}

type Said = { teamId: string; channelId: string; ts: string };

/** The key of a request that one message asks for. */
export function messageKey({ teamId, channelId, ts }: Said): string {
  return `thread:${teamId}:${channelId}:${ts}`;
}

/** The message that asked begins the thread of its card: until the card is there, nothing can be told in it. */
export function beginsThread(
  request: Pick<SessionRequest, 'dedupe_key' | 'team_id' | 'channel_id' | 'thread_ts'>,
): boolean {
  const { team_id: teamId, channel_id: channelId, thread_ts: ts } = request;
  return ts !== null && request.dedupe_key === messageKey({ teamId, channelId, ts });
}

/** Short, unguessable, and fit for a Devin tag. */
export function newId(): string {
  return randomBytes(9).toString('base64url').replaceAll(/[_-]/g, 'x').toLowerCase();
}

export function toRow(request: NewRequest) {
  const { secretNames = [] } = request;
  return {
    id: request.id,
    dedupe_key: request.dedupeKey,
    source: request.source,
    team_id: request.teamId,
    user_id: request.userId,
    channel_id: request.channelId,
    thread_ts: request.threadTs,
    place_kind: request.placeKind ?? null,
    draft: json(request.draft),
    context: json(request.context),
    slack_file_ids: json(request.slackFileIds),
    sealed: request.sealed,
    had_secrets: secretNames.length > 0,
    secret_names: json(secretNames),
  };
}

const JSON_COLUMNS = ['identity', 'uploads', 'failure', 'context'] as const;

export function toColumns(changes: RequestChanges): Updateable<SessionRequestsTable> {
  const { identity, uploads, failure, context, ...plain } = changes;
  const columns: Updateable<SessionRequestsTable> = plain;
  const values = { identity, uploads, failure, context };
  for (const column of JSON_COLUMNS) if (values[column] !== undefined) columns[column] = json(values[column]);
  return columns;
}

export function parse(row: Selectable<SessionRequestsTable>): SessionRequest {
  return requestSchema.parse(row);
}
