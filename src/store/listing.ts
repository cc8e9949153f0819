import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import { phasesOf } from '../session/lifecycle.ts';
import { OPEN_STATES } from '../session/request.ts';
import type { Tables } from './tables.ts';

type Query = {
  teamId: string;
  viewerId: string;
  whose: 'mine' | 'all';
  offset: number;
  limit: number;
};

/** Of a request and its session: 0 waits for the person, 1 goes on, 2 is neither. */
const pressing = sql<number>`case
  when state = 'unknown' or sessions.phase in (${sql.join(phasesOf('needs-you'))}) then 0
  when state in (${sql.join(OPEN_STATES)}) or sessions.phase in (${sql.join(phasesOf('under-way'))}) then 1
  else 2 end`;

type Own = { teamId: string; userId: string; limit: number };

export type Listing = ReturnType<typeof createListing>;

/** Requests, newest first, as people look through them. Those that were refused have no card and are left out. */
export function createListing(db: Kysely<Tables>) {
  const found = ({ teamId, viewerId, whose }: Pick<Query, 'teamId' | 'viewerId' | 'whose'>) =>
    db
      .selectFrom('session_requests')
      .where('session_requests.team_id', '=', teamId)
      .where('state', '<>', 'refused')
      .$if(whose === 'mine', (query) => query.where('user_id', '=', viewerId));

  return {
    async page(query: Query): Promise<{ requestIds: string[]; total: number }> {
      const [rows, count] = await Promise.all([
        found(query)
          .select('id')
          .orderBy('created_at', 'desc')
          .orderBy('id')
          .offset(query.offset)
          .limit(query.limit)
          .execute(),
        found(query)
          .select((select) => select.fn.countAll().as('total'))
          .executeTakeFirstOrThrow(),
      ]);
      return { requestIds: rows.map(({ id }) => id), total: Number(count.total) };
    },

    /** A person's own: what waits for them, then what goes on, then the rest; the newest of each first. */
    async mostPressing({ teamId, userId, limit }: Own): Promise<{ requestIds: string[]; total: number }> {
      const own = found({ teamId, viewerId: userId, whose: 'mine' });
      const [rows, count] = await Promise.all([
        own
          .leftJoin('sessions', 'sessions.request_id', 'session_requests.id')
          .select('session_requests.id')
          .orderBy(pressing)
          .orderBy('session_requests.created_at', 'desc')
          .orderBy('session_requests.id')
          .limit(limit)
          .execute(),
        own.select((select) => select.fn.countAll().as('total')).executeTakeFirstOrThrow(),
      ]);
      return { requestIds: rows.map(({ id }) => id), total: Number(count.total) };
    },
  };
}
