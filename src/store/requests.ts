import { sql, type Kysely, type SelectQueryBuilder, type Transaction } from 'kysely';
import { OPEN_STATES, PENDING_STATES, type RequestState } from '../session/request.ts';
import {
  messageKey,
  offeredKey,
  offerId,
  requestSchema,
  toColumns,
  toRow,
  type MessageRef,
  type NewRequest,
  type RequestChanges,
  type SessionRequest,
} from './request-row.ts';
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
} from './sql.ts';
import type { Db, Tables } from './tables.ts';

export type Step = {
  id: string;
  from: RequestState;
  to: RequestState;
  changes?: RequestChanges;
  /** How long a pending approval lasts, by the database's clock. */
  expiresInMs?: number;
};

/** What a person has to type again to repeat the request; null: nothing. */
export function lostSecrets(request: Pick<SessionRequest, 'hadSecrets' | 'secretNames'>): string[] | null {
  return request.hadSecrets ? request.secretNames : null;
}

export type Requests = ReturnType<typeof createRequests>;

/** The lease under which one process at a time works on a request. */
export const requestLease = (requestId: string): string => `request:${requestId}`;

/** A longer lease was taken before the clock was set back. */
const LONGEST_LEASE_MS = 60_000;

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
  /** By when their approval expires. */
  const awaiting = () =>
    db
      .selectFrom('sessionRequests')
      .select('id')
      .where('state', '=', sql.lit('awaiting-approval'))
      .orderBy('approvalUntil');

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
    async advance(step: Step, trx: Db = db): Promise<SessionRequest | null> {
      const { id, from, to, changes = {}, expiresInMs } = step;
      const moved = trx
        .updateTable('sessionRequests')
        .set({
          ...toColumns(changes),
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

    /** A person deleted it. Its place stays known, and so does the thread under it. */
    async cardDeleted(id: string, trx: Transaction<Tables>): Promise<void> {
      await trx.updateTable('sessionRequests').set({ cardTs: null }).where('id', '=', id).execute();
      await trx
        .updateTable('sessions')
        .set(({ ref }) => ({ introducesThread: false, formerThreadTs: ref('threadTs') }))
        .where('requestId', '=', id)
        .execute();
    },

    /** A person asks for a card that was deleted. */
    async cardAskedFor(id: string): Promise<void> {
      await db.updateTable('sessionRequests').set({ cardChannelId: null }).where('id', '=', id).execute();
    },

    /** Locked until the end of the transaction. */
    async lock(id: string, trx: Transaction<Tables>): Promise<SessionRequest | null> {
      return readFirst(requestSchema, byId(id, trx).forUpdate());
    },

    /** Requests whose approval has expired, by the database's clock. */
    expired: async () => idsOf(awaiting().where('approvalUntil', '<=', clock())),

    /** Open requests that nobody works on, unchanged for this long. */
    async stranded(untouchedForMs: number): Promise<string[]> {
      const open = db
        .selectFrom('sessionRequests')
        .select('id')
        .where(sql<boolean>`state in ${literals(OPEN_STATES)}`)
        .where(isLongAgo(sql`updated_at`, untouchedForMs))
        .where(
          sql<boolean>`not exists (
            select from leases where name = ${requestLease('')} || session_requests.id
              and until between now() and now() + ${interval(LONGEST_LEASE_MS)})`,
        )
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
