import { randomBytes } from 'node:crypto';
import type { Kysely, Selectable, Transaction, Updateable } from 'kysely';
import { z } from 'zod';
import { messageContextSchema, PLACE_KINDS } from '../session/context.ts';
import type { MessageContext, PlaceKind } from '../session/context.ts';
import { VALUE_SOURCES } from '../session/defaults.ts';
import type { EffectiveDraft } from '../session/defaults.ts';
import { failureSchema } from '../session/failure.ts';
import { storedDraftSchema } from '../session/fields.ts';
import { identitySchema } from '../session/identity.ts';
import { isOpen, OPEN_STATES, REQUEST_STATES } from '../session/request.ts';
import type { RequestState } from '../session/request.ts';
import { json } from './json.ts';
import type { SessionRequestsTable, Tables } from './tables.ts';

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
  card_turn_at: z.date().nullable(),
  prompt: z.string().nullable(),
  uploads: uploadsSchema.nullable(),
  waiting: z.enum(WAITING).nullable(),
  sent_at: z.date().nullable(),
  session_id: z.string().nullable(),
  failure: failureSchema.nullable(),
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
  /** There were session secrets: once they are erased, the request cannot be sent as it was. */
  hadSecrets: boolean;
  /** What they are called; their values are only in `sealed`. */
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
  >
>;

export type Step = { id: string; from: RequestState; to: RequestState; changes?: RequestChanges };

/** What has to be typed again when the request is made once more; null: nothing. */
export function lostSecrets(request: Pick<SessionRequest, 'had_secrets' | 'secret_names'>): string[] | null {
  return request.had_secrets ? request.secret_names : null;
}

/** Short, unguessable, and fit for a Devin tag. */
export function newId(): string {
  return randomBytes(9).toString('base64url').replaceAll(/[_-]/g, 'x').toLowerCase();
}

export type Requests = ReturnType<typeof createRequests>;

/** A claim lapses this long after its last renewal: then the process that held it is taken for dead. */
export const LEASE_MS = 30_000;

type Db = Kysely<Tables> | Transaction<Tables>;

export function createRequests(db: Kysely<Tables>, leaseMs: number = LEASE_MS) {
  return {
    /** Inserts the requests whose deliveries were not seen before. Returns, in order, which are new. */
    async insert(requests: NewRequest[], trx: Db = db): Promise<boolean[]> {
      const inserted = await trx
        .insertInto('session_requests')
        .values(requests.map(toRow))
        .onConflict((conflict) => conflict.column('dedupe_key').doNothing())
        .returning('id')
        .execute();
      const ids = new Set(inserted.map(({ id }) => id));
      return requests.map(({ id }) => ids.has(id));
    },

    /** Which request came of a delivery. */
    async idOf(dedupeKey: string, trx: Db = db): Promise<string> {
      const { id } = await trx
        .selectFrom('session_requests')
        .select('id')
        .where('dedupe_key', '=', dedupeKey)
        .executeTakeFirstOrThrow();
      return id;
    },

    async find(id: string): Promise<SessionRequest | null> {
      const row = await db.selectFrom('session_requests').selectAll().where('id', '=', id).executeTakeFirst();
      return row === undefined ? null : parse(row);
    },

    /** Moves on only from `from`: null means that somebody else moved it first. */
    async advance({ id, from, to, changes = {} }: Step, trx: Db = db): Promise<SessionRequest | null> {
      const row = await trx
        .updateTable('session_requests')
        .set({ ...toColumns(changes), ...(isOpen(to) ? {} : NO_LEASE), state: to, updated_at: new Date() })
        .where('id', '=', id)
        .where('state', '=', from)
        .returningAll()
        .executeTakeFirst();
      return row === undefined ? null : parse(row);
    },

    /** One process at a time works on a request; null while another one does, or when there is nothing to do. */
    async claim(id: string, owner: string): Promise<SessionRequest | null> {
      const now = new Date();
      const row = await db
        .updateTable('session_requests')
        .set({ lease_owner: owner, lease_until: new Date(now.getTime() + leaseMs) })
        .where('id', '=', id)
        .where('state', 'in', OPEN_STATES)
        .where((where) => where.or([where('lease_until', 'is', null), where('lease_until', '<', now)]))
        .returningAll()
        .executeTakeFirst();
      return row === undefined ? null : parse(row);
    },

    async renew(id: string, owner: string): Promise<void> {
      await db
        .updateTable('session_requests')
        .set({ lease_until: new Date(Date.now() + leaseMs) })
        .where('id', '=', id)
        .where('lease_owner', '=', owner)
        .execute();
    },

    async release(id: string, owner: string): Promise<void> {
      await db
        .updateTable('session_requests')
        .set({ lease_owner: null, lease_until: null })
        .where('id', '=', id)
        .where('lease_owner', '=', owner)
        .execute();
    },

    /** With the embedded database no other process can be alive: what a dead one held is free at once. */
    async releaseAll(): Promise<void> {
      await db
        .updateTable('session_requests')
        .set({ lease_owner: null, lease_until: null })
        .where('lease_owner', 'is not', null)
        .execute();
    },

    /** Cards that have not been drawn for long, although there is something new: a job was lost. */
    async staleCards(untouchedSince: Date): Promise<string[]> {
      const rows = await db
        .selectFrom('session_requests')
        .select('id')
        .where('card_stale', '=', true)
        .where('updated_at', '<=', untouchedSince)
        .orderBy('updated_at')
        .limit(500)
        .execute();
      return rows.map((row) => row.id);
    },

    /** Open requests nobody holds: a process died, or a job was lost. */
    async stranded(untouchedSince: Date): Promise<string[]> {
      const now = new Date();
      const rows = await db
        .selectFrom('session_requests')
        .select('id')
        .where('state', 'in', OPEN_STATES)
        .where('updated_at', '<=', untouchedSince)
        .where((where) => where.or([where('lease_until', 'is', null), where('lease_until', '<', now)]))
        .orderBy('created_at')
        .limit(500)
        .execute();
      return rows.map((row) => row.id);
    },
  };
}

/** A request that has ended may be taken up again at once, by whoever comes. */
const NO_LEASE = { lease_owner: null, lease_until: null };

function toRow(request: NewRequest) {
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
    had_secrets: request.hadSecrets,
    secret_names: json(request.secretNames ?? []),
  };
}

const JSON_COLUMNS = ['identity', 'uploads', 'failure', 'context'] as const;

function toColumns(changes: RequestChanges): Updateable<SessionRequestsTable> {
  const { identity, uploads, failure, context, ...plain } = changes;
  const columns: Updateable<SessionRequestsTable> = plain;
  const values = { identity, uploads, failure, context };
  for (const column of JSON_COLUMNS) if (values[column] !== undefined) columns[column] = json(values[column]);
  return columns;
}

function parse(row: Selectable<SessionRequestsTable>): SessionRequest {
  return requestSchema.parse(row);
}
