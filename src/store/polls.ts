import { sql, type Kysely, type RawBuilder } from 'kysely';
import { sessionRowSchema, type SessionRow } from './sessions.ts';
import { createSetAside, MOST_FAILURES } from './set-aside.ts';
import { json } from './sql.ts';
import type { Tables } from './tables.ts';

type Due = { until: Date; hotSince: Date; limit: number };
export type Reschedule = { id: string; was: Date | null; at: Date | null; first: boolean };

/** How long until an unreadable row is tried again. */
const UNREADABLE_MS = 60 * 60_000;

/** Which sessions are polled next, and when: for the watcher. */
export function createPolls(db: Kysely<Tables>) {
  const dueOf = (first: boolean, until: Date) =>
    db.selectFrom('sessions').where(isOf(first)).where('nextLookAt', '<=', until);

  /** An unreadable row affects only itself. */
  async function leaveAlone(sessionId: string, error: unknown, now: Date): Promise<void> {
    await db
      .updateTable('sessions')
      .set({ nextLookAt: new Date(now.getTime() + UNREADABLE_MS) })
      .where('sessionId', '=', sessionId)
      .execute();
    await createSetAside(db).note('session', sessionId, { error, by: MOST_FAILURES });
  }

  return {
    /** Sessions that are due: active ones first, and of those the ones that changed since `hotSince`; then the longest due. */
    async due({ until, hotSince, limit }: Due): Promise<SessionRow[]> {
      const first = await dueOf(true, until)
        .selectAll()
        .orderBy(sql`changed_at > ${hotSince}`, 'desc')
        .orderBy('nextLookAt')
        .limit(limit)
        .execute();
      const left = limit - first.length;
      const later =
        left === 0 ? [] : await dueOf(false, until).selectAll().orderBy('nextLookAt').limit(left).execute();
      const read = [...first, ...later].map((row) => ({
        id: row.sessionId,
        ...sessionRowSchema.safeParse(row),
      }));
      for (const { id, error } of read) if (error !== undefined) await leaveAlone(id, error, until);
      return read.flatMap(({ data }) => (data === undefined ? [] : [data]));
    },

    /** How many `due` would return, at most `limit` of each kind. */
    async dueCount(until: Date, limit: number): Promise<number> {
      // In the order of the index, so that it's used.
      const upTo = (first: boolean) =>
        dueOf(first, until).select('sessionId').orderBy('nextLookAt').limit(sql.lit(limit)).as('due');
      const counted = await db
        .selectNoFrom(({ selectFrom, fn }) => [
          selectFrom(upTo(true)).select(fn.countAll().as('count')).as('first'),
          selectFrom(upTo(false)).select(fn.countAll().as('count')).as('later'),
        ])
        .executeTakeFirstOrThrow();
      return Number(counted.first) + Number(counted.later);
    },

    /** Sets when each is polled next, unless another process has since `was`. One statement. */
    async reschedule(polls: readonly Reschedule[]): Promise<void> {
      if (polls.length === 0) return;
      await sql`
        update sessions set next_look_at = poll.at, watch_first = poll.first
        from jsonb_to_recordset(${json(polls)}::jsonb) as poll(id text, was timestamptz, at timestamptz, first boolean)
        where sessions.session_id = poll.id
          and date_trunc('milliseconds', sessions.next_look_at) = poll.was`.execute(db);
    },
  };
}

/** Active sessions, or those at rest. Worded exactly as in their indexes. */
function isOf(first: boolean): RawBuilder<boolean> {
  return first ? sql<boolean>`watch_first` : sql<boolean>`not watch_first`;
}
