import type { Kysely } from 'kysely';
import type { Tables } from './tables.ts';

type Query = {
  teamId: string;
  viewerId: string;
  whose: 'mine' | 'all';
  offset: number;
  limit: number;
};

export type Listing = ReturnType<typeof createListing>;

/** Requests, newest first, as people look through them. Those that were refused have no card and are left out. */
export function createListing(db: Kysely<Tables>) {
  const found = ({ teamId, viewerId, whose }: Query) =>
    db
      .selectFrom('session_requests')
      .where('team_id', '=', teamId)
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
  };
}
