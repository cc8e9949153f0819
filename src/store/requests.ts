import { createHash, randomBytes } from 'node:crypto';
import { sql, type Kysely, type SelectQueryBuilder, type Transaction } from 'kysely';
import { z } from 'zod';
import { approvalSchema } from '../session/approval.ts';
import { materialSchema, messageContextSchema, PLACE_KINDS, uploadsSchema } from '../session/context.ts';
import { VALUE_SOURCES } from '../session/defaults.ts';
import { failureSchema } from '../session/failure.ts';
import { storedDraftSchema } from '../session/fields.ts';
import { identitySchema } from '../session/identity.ts';
import { OPEN_STATES, PENDING_STATES, type RequestState, REQUEST_STATES } from '../session/request.ts';
import type { SessionRow, Sessions } from './sessions.ts';
import {
  databaseClock,
  hasRow,
  interval,
  isLongAgo,
  literals,
  MOST_SWEPT,
  readFirst,
  type Clock,
  fingerprintOf,
  withJson,
} from './sql.ts';
import type { Db, Tables } from './store.ts';

type RequestMove = {
  id: string;
  from: RequestState;
  to: RequestState;
  changes?: RequestChanges;
  /** How long a pending approval lasts, by the database's clock. */
  expiresInMs?: number | undefined;
};

export type Requests = ReturnType<typeof createRequests>;

/** The lease under which one process at a time works on a request. */
export const requestLease = (requestId: string): string => `request:${requestId}`;

/** A session, and the request it was started for. */
export type Followed = { session: SessionRow; request: SessionRequest };

export async function findFollowed(
  { sessions, requests }: { sessions: Pick<Sessions, 'find'>; requests: Pick<Requests, 'find'> },
  sessionId: string,
): Promise<Followed | null> {
  const session = await sessions.find(sessionId);
  const request = session === null ? null : await requests.find(session.requestId);
  return session === null || request === null ? null : { session, request };
}

/** A session's thread, or the one of a request whose session doesn't exist yet. */
export type SteeredThread = { request: SessionRequest; session: SessionRow | null };

export async function findThread(
  { sessions, requests }: { sessions: Pick<Sessions, 'ofRequest'>; requests: Pick<Requests, 'find'> },
  requestId: string,
): Promise<SteeredThread | null> {
  const [request, session] = await Promise.all([requests.find(requestId), sessions.ofRequest(requestId)]);
  return request && { request, session };
}

/** `id`: of the session, or of its request before it has one. */
export async function findSteered(
  store: { sessions: Pick<Sessions, 'find'>; requests: Pick<Requests, 'find'> },
  id: string,
): Promise<SteeredThread | null> {
  const followed = await findFollowed(store, id);
  if (followed !== null) return followed;
  const request = await store.requests.find(id);
  return request && { request, session: null };
}

/** `clock`: for the expiry of approvals. */
export function createRequests(db: Kysely<Tables>, clock: Clock = databaseClock) {
  const byId = (id: string, from: Db) => from.selectFrom('sessionRequests').selectAll().where('id', '=', id);

  return {
    /** Inserts the requests that Slack hasn't delivered before. Returns, in order, which are new. */
    async insert(requests: NewRequest[], trx: Db = db): Promise<boolean[]> {
      const inserted = await trx
        .insertInto('sessionRequests')
        .values(requests.map(toRow))
        .onConflict((conflict) => conflict.column('dedupeKey').doNothing())
        .returning('id')
        .execute();
      const ids = new Set(inserted.map(({ id }) => id));
      return requests.map(({ id }) => ids.has(id));
    },

    /** The request that a delivery led to. */
    async idOf(dedupeKey: string, trx: Db = db): Promise<string> {
      const { id } = await trx
        .selectFrom('sessionRequests')
        .select('id')
        .where('dedupeKey', '=', dedupeKey)
        .executeTakeFirstOrThrow();
      return id;
    },

    /** The request that a message led to, at once or after its author was asked; null: none. */
    async ofMessage(message: MessageRef): Promise<SessionRequest | null> {
      const keys = [messageKey(message), offeredKey(offerId(message))];
      const rows = db.selectFrom('sessionRequests').selectAll().where('dedupeKey', 'in', keys);
      return readFirst(requestSchema, rows);
    },

    async find(id: string, from: Db = db): Promise<SessionRequest | null> {
      return readFirst(requestSchema, byId(id, from));
    },

    /** The request, without a session yet, whose session will or may be in this thread; null: there is none. */
    async openIn(channelId: string, threadTs: string): Promise<SessionRequest | null> {
      const open = db
        .selectFrom('sessionRequests')
        .selectAll()
        .where(sql<boolean>`state in ${literals([...PENDING_STATES, 'unknown'])}`)
        .where(
          sql<boolean>`((card_channel_id, card_ts) = (${channelId}, ${threadTs})
            or (card_elsewhere is null and (channel_id, thread_ts) = (${channelId}, ${threadTs})))`,
        )
        .orderBy('createdAt', 'desc')
        .limit(1);
      return readFirst(requestSchema, open);
    },

    /** Whether a thread, in which there is a session, is under a card. */
    async isUnderCard(channelId: string, threadTs: string): Promise<boolean> {
      const found = db
        .selectFrom('sessions')
        .innerJoin('sessionRequests as request', 'request.id', 'sessions.requestId')
        .select('request.id')
        .where('sessions.channelId', '=', channelId)
        .where('sessions.threadTs', '=', threadTs)
        .whereRef('request.cardTs', '=', 'sessions.threadTs')
        .limit(1);
      return hasRow(found);
    },

    /** Moves on only from `from`: null means that another process moved it first. */
    async advance(step: RequestMove, trx: Db = db): Promise<SessionRequest | null> {
      const { id, from, to, changes = {}, expiresInMs } = step;
      const moved = trx
        .updateTable('sessionRequests')
        .set({
          ...withJson(changes),
          ...(expiresInMs !== undefined && {
            approvalUntil: sql<Date>`${clock()} + ${interval(expiresInMs)}`,
          }),
          state: to,
          updatedAt: clock(),
        })
        .where((row) => row.and({ id, state: from }))
        .returningAll();
      return readFirst(requestSchema, moved);
    },

    /** Returns its session; null: there is none yet. Nobody else changes the request until the transaction ends. */
    async cardPosted(
      id: string,
      { channelId, ts, elsewhere }: { channelId: string; ts: string; elsewhere: string | null },
      trx: Transaction<Tables>,
    ): Promise<string | null> {
      const { sessionId } = await trx
        .updateTable('sessionRequests')
        .set({ cardChannelId: channelId, cardTs: ts, cardElsewhere: elsewhere })
        .where('id', '=', id)
        .returning('sessionId')
        .executeTakeFirstOrThrow();
      return sessionId;
    },

    /** Locked until the end of the transaction. */
    async lock(id: string, trx: Transaction<Tables>): Promise<SessionRequest | null> {
      return readFirst(requestSchema, byId(id, trx).forUpdate());
    },

    /** Requests whose approval has expired, by the database's clock. */
    async expired(): Promise<string[]> {
      const awaiting = db
        .selectFrom('sessionRequests')
        .select('id')
        .where('state', '=', sql.lit('awaiting-approval'))
        .where('approvalUntil', '<=', clock())
        .orderBy('approvalUntil');
      return idsOf(awaiting);
    },

    /** Open requests, unchanged for this long. */
    async stranded(untouchedForMs: number): Promise<string[]> {
      const open = db
        .selectFrom('sessionRequests')
        .select('id')
        .where(sql<boolean>`state in ${literals(OPEN_STATES)}`)
        .where(isLongAgo(sql`updated_at`, untouchedForMs))
        .orderBy('createdAt');
      return idsOf(open);
    },
  };
}

type Found = SelectQueryBuilder<Tables, 'sessionRequests', { id: string }>;

/** The first of them; the next sweep finds the others. */
async function idsOf(found: Found): Promise<string[]> {
  const rows = await found.limit(MOST_SWEPT).execute();
  return rows.map(({ id }) => id);
}

export const effectiveDraftSchema = z.object({
  values: storedDraftSchema,
  sources: z.partialRecord(z.string(), z.enum(VALUE_SOURCES)),
  names: z.record(z.string(), z.string()).optional(),
});

/** Why a request waits. */
const WAITING = ['busy', 'down', 'slack', 'looking'] as const;

const requestSchema = z.object({
  id: z.string(),
  /** From Slack: a second delivery finds it taken and changes nothing. */
  dedupeKey: z.string(),
  state: z.enum(REQUEST_STATES),
  source: z.enum(['command', 'form', 'follow', 'restored']),
  teamId: z.string(),
  userId: z.string(),
  channelId: z.string(),
  threadTs: z.string().nullable(),
  /** null: unknown, so it counts as private. */
  placeKind: z.enum(PLACE_KINDS).nullable(),
  draft: effectiveDraftSchema,
  context: messageContextSchema.nullable(),
  slackFileIds: z.array(z.string()),
  /** Session secrets and the response URL, encrypted; null once the request has ended. */
  sealed: z.string().nullable(),
  /** Names of session secrets; their values are only in `sealed`. */
  secretNames: z.array(z.string()),
  identity: identitySchema.nullable(),
  cardChannelId: z.string().nullable(),
  cardTs: z.string().nullable(),
  /** Slack's error code, if the card couldn't be posted where the person asked. */
  cardElsewhere: z.string().nullable(),
  prompt: z.string().nullable(),
  uploads: uploadsSchema.nullable(),
  waiting: z.enum(WAITING).nullable(),
  /** Until then it can be canceled with a press; null: it starts at once. */
  heldUntil: z.date().nullable(),
  sentAt: z.date().nullable(),
  sessionId: z.string().nullable(),
  failure: failureSchema.nullable(),
  /** The policy's rule under which it was sent; null: none, or not sent. */
  rule: z.string().nullable(),
  /** When a person last restarted it after it had ended. */
  resumedAt: z.date().nullable(),
  /** When a person last searched for its session without finding it. */
  checkedAt: z.date().nullable(),
  /** Every approval it waited for, oldest first; see session/approval.ts. */
  approvals: z.array(approvalSchema),
  /** Rules whose approval counts for this attempt, if nothing that was shown has changed. */
  approved: z.array(z.string()),
  /** When its pending approval expires, by the database's clock. */
  approvalUntil: z.date().nullable(),
  /** Fixed before an approval is requested; null: read when it is sent. */
  material: materialSchema.nullable(),
  createdAt: z.date(),
  updatedAt: z.date(),
});
/** One request for a session, from the moment Slack is answered. */
export type SessionRequest = z.infer<typeof requestSchema>;

export type NewRequest = Pick<
  SessionRequest,
  | 'id'
  | 'dedupeKey'
  | 'source'
  | 'teamId'
  | 'userId'
  | 'channelId'
  | 'threadTs'
  | 'draft'
  | 'context'
  | 'slackFileIds'
  | 'sealed'
> & {
  /** Left out: unknown. */
  placeKind?: SessionRequest['placeKind'] | undefined;
  secretNames?: readonly string[];
};

/** What a transition can change besides the state. JSON columns take plain values. */
export type RequestChanges = Partial<
  Omit<SessionRequest, 'id' | 'dedupeKey' | 'state' | 'source' | 'createdAt' | 'updatedAt' | 'approvalUntil'>
>;

/** The thread of the card; null: it isn't in one, as in a direct message. */
export function cardThread(request: Pick<SessionRequest, 'cardElsewhere' | 'threadTs'>): string | null {
  return request.cardElsewhere === null ? request.threadTs : null;
}

/** When a person last asked for it. */
export function askedAt({ resumedAt, createdAt }: Pick<SessionRequest, 'resumedAt' | 'createdAt'>): Date {
  return resumedAt ?? createdAt;
}

/** The same if one person asks for the same task and options about the same message in one conversation. */
export function twinKey(request: NewRequest): string {
  const { teamId, userId, channelId, draft, slackFileIds } = request;
  return fingerprintOf([teamId, userId, channelId, draft.values, subjectOf(request), slackFileIds]);
}

/** The message it is about; or, if that message asked for the session, its thread and what comes with its task. */
function subjectOf({ teamId, channelId, dedupeKey, draft, context }: NewRequest): unknown {
  if (context === null) return null;
  const { ts, threadTs, text, files } = context.picked;
  const isAsking = dedupeKey === messageKey({ teamId, channelId, ts });
  const forwarded = text.split(draft.values.prompt ?? text).at(-1);
  return isAsking ? [threadTs, forwarded, files.map(({ id }) => id)] : ts;
}

/** What Slack knows a message by. */
export type MessageRef = { teamId: string; channelId: string; ts: string };

/** The dedupe key of a request, or a reply, made by a message. */
export function messageKey({ teamId, channelId, ts }: MessageRef): string {
  return `thread:${teamId}:${channelId}:${ts}`;
}

/** Whether a message asked for it, and not a command or a form. */
export const isSaid = ({ dedupeKey }: Pick<SessionRequest, 'dedupeKey'>): boolean =>
  dedupeKey.startsWith('thread:');

const OFFER_ID_LENGTH = 24;

/** The id of the form that is offered with a message. */
export function offerId(message: MessageRef): string {
  return createHash('sha256').update(messageKey(message)).digest('hex').slice(0, OFFER_ID_LENGTH);
}

/** The dedupe key of a request for what was offered, as it was written. */
export const offeredKey = (formId: string): string => `offered:${formId}`;

/** The message that a request is about, or that asked for it; null: none. */
export function askingMessage(request: Pick<SessionRequest, 'context' | 'dedupeKey'>): string | null {
  const { context, dedupeKey } = request;
  return context?.picked.ts ?? /^thread:[^:]*:[^:]*:(\d+\.\d+)$/.exec(dedupeKey)?.[1] ?? null;
}

/** Whether its thread has a reply, as far as is known: without one, Slack shows no private notice there. */
export function hasReplies({
  cardTs,
  context,
  ...request
}: Pick<SessionRequest, 'cardTs' | 'cardElsewhere' | 'threadTs' | 'context'>): boolean {
  const { ts, threadTs = null } = context?.picked ?? {};
  return (cardTs !== null && cardThread(request) !== null) || (threadTs !== null && threadTs !== ts);
}

/** Short, unguessable, and fit for a Devin tag. */
export function newId(): string {
  return randomBytes(9).toString('base64url').replaceAll(/[_-]/g, 'x').toLowerCase();
}

function toRow(request: NewRequest) {
  return withJson({ ...request, twinKey: twinKey(request) });
}
