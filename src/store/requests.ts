import type { Kysely } from 'kysely';
import { isOpen, OPEN_STATES } from '../session/request.ts';
import type { RequestState } from '../session/request.ts';
import { parse, toColumns, toRow } from './request-row.ts';
import type { NewRequest, RequestChanges, SessionRequest } from './request-row.ts';
import type { Db, Tables } from './tables.ts';

export type Step = { id: string; from: RequestState; to: RequestState; changes?: RequestChanges };

/** What has to be typed again when the request is made once more; null: nothing. */
export function lostSecrets(request: Pick<SessionRequest, 'hadSecrets' | 'secretNames'>): string[] | null {
  return request.hadSecrets ? request.secretNames : null;
}

type Recent = { teamId: string; userId: string; channelId: string; since: Date };
const MOST_RECENT = 20;

export type Requests = ReturnType<typeof createRequests>;

/** A claim lapses this long after its last renewal: then the process that held it is taken for dead. */
export const LEASE_MS = 30_000;

/** A request that has ended may be taken up again at once, by anybody. */
const NO_LEASE = { leaseOwner: null, leaseUntil: null };

export function createRequests(db: Kysely<Tables>, leaseMs: number = LEASE_MS) {
  return {
    /** Inserts the requests whose deliveries were not seen before. Returns, in order, which are new. */
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

    /** Which request a delivery led to. */
    async idOf(dedupeKey: string, trx: Db = db): Promise<string> {
      const { id } = await trx
        .selectFrom('sessionRequests')
        .select('id')
        .where('dedupeKey', '=', dedupeKey)
        .executeTakeFirstOrThrow();
      return id;
    },

    /** What a person asked for in a conversation since then and may still get, newest first. */
    async recentOf({ teamId, userId, channelId, since }: Recent): Promise<SessionRequest[]> {
      const rows = await db
        .selectFrom('sessionRequests')
        .selectAll()
        .where('teamId', '=', teamId)
        .where('userId', '=', userId)
        .where('createdAt', '>', since)
        .where('channelId', '=', channelId)
        .where('state', 'not in', ['refused', 'failed'])
        .orderBy('createdAt', 'desc')
        .limit(MOST_RECENT)
        .execute();
      return rows.map(parse);
    },

    async find(id: string): Promise<SessionRequest | null> {
      const row = await db.selectFrom('sessionRequests').selectAll().where('id', '=', id).executeTakeFirst();
      return row === undefined ? null : parse(row);
    },

    /** Whether this thread is under the card of a request that has no session yet. */
    async isOpenAbove(channelId: string, threadTs: string): Promise<boolean> {
      const row = await db
        .selectFrom('sessionRequests')
        .select('id')
        .where('state', 'in', OPEN_STATES)
        .where('cardChannelId', '=', channelId)
        .where('cardTs', '=', threadTs)
        .limit(1)
        .executeTakeFirst();
      return row !== undefined;
    },

    /** Moves on only from `from`: null means that another process moved it first. */
    async advance({ id, from, to, changes = {} }: Step, trx: Db = db): Promise<SessionRequest | null> {
      const row = await trx
        .updateTable('sessionRequests')
        .set({ ...toColumns(changes), ...(isOpen(to) ? {} : NO_LEASE), state: to, updatedAt: new Date() })
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
        .updateTable('sessionRequests')
        .set({ leaseOwner: owner, leaseUntil: new Date(now.getTime() + leaseMs) })
        .where('id', '=', id)
        .where('state', 'in', OPEN_STATES)
        .where((where) => where.or([where('leaseOwner', 'is', null), where('leaseUntil', '<', now)]))
        .returningAll()
        .executeTakeFirst();
      return row === undefined ? null : parse(row);
    },

    async renew(id: string, owner: string): Promise<void> {
      await db
        .updateTable('sessionRequests')
        .set({ leaseUntil: new Date(Date.now() + leaseMs) })
        .where('id', '=', id)
        .where('leaseOwner', '=', owner)
        .execute();
    },

    /** Free for any process; but no sweep looks for its job before `restMs` are over. */
    async release(id: string, owner: string, restMs = 0): Promise<void> {
      await db
        .updateTable('sessionRequests')
        .set({ leaseOwner: null, leaseUntil: restMs > 0 ? new Date(Date.now() + restMs) : null })
        .where('id', '=', id)
        .where('leaseOwner', '=', owner)
        .execute();
    },

    /** With the embedded database no other process can be alive: what a dead one held is free at once. */
    async releaseAll(): Promise<void> {
      await db.updateTable('sessionRequests').set(NO_LEASE).where('leaseOwner', 'is not', null).execute();
    },

    /** Open requests nobody holds and that do not rest: a process died, or a job was lost. */
    async stranded(untouchedSince: Date): Promise<string[]> {
      const now = new Date();
      const rows = await db
        .selectFrom('sessionRequests')
        .select('id')
        .where('state', 'in', OPEN_STATES)
        .where('updatedAt', '<=', untouchedSince)
        .where((where) => where.or([where('leaseUntil', 'is', null), where('leaseUntil', '<', now)]))
        .orderBy('createdAt')
        .limit(500)
        .execute();
      return rows.map((row) => row.id);
    },
  };
}
