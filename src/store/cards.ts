import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Db, Tables } from './tables.ts';

/** How many edits of a workspace's cards may come at once, and how many a minute after those. */
export type EditBudget = { burst: number; perMinute: number };

const MINUTE_MS = 60_000;

export type Cards = ReturnType<typeof createCards>;

/** What the rows know of the cards themselves: which are out of date, and whose turn it is to be edited. */
export function createCards(db: Kysely<Tables>, { burst, perMinute }: EditBudget) {
  const stepMs = Math.ceil(MINUTE_MS / perMinute);
  const card = (requestId: string) => db.updateTable('session_requests').where('id', '=', requestId);

  return {
    /** There is something new to show. */
    async markStale(requestId: string, trx: Db = db): Promise<void> {
      await trx
        .updateTable('session_requests')
        .set({ card_stale: true, updated_at: new Date() })
        .where('id', '=', requestId)
        .execute();
    },

    /** When the next edit in this workspace may be made; whoever asks first comes first. */
    async nextTurn(teamId: string, now: Date): Promise<Date> {
      const { next_at: nextAt } = await db
        .insertInto('edit_budgets')
        .values({ team_id: teamId, next_at: new Date(now.getTime() + stepMs) })
        .onConflict((conflict) =>
          conflict.column('team_id').doUpdateSet({
            next_at: sql<Date>`greatest(edit_budgets.next_at, ${now}::timestamptz) + ${`${stepMs} ms`}::interval`,
          }),
        )
        .returning('next_at')
        .executeTakeFirstOrThrow();
      return new Date(Math.max(now.getTime(), nextAt.getTime() - burst * stepMs));
    },

    /** Slack wants no edits before `until`. */
    async pause(teamId: string, until: Date): Promise<void> {
      const nextAt = new Date(until.getTime() + (burst - 1) * stepMs);
      await db
        .updateTable('edit_budgets')
        .set({ next_at: nextAt })
        .where('team_id', '=', teamId)
        .where('next_at', '<', nextAt)
        .execute();
    },

    async keepTurn(requestId: string, at: Date): Promise<void> {
      await card(requestId).set({ card_turn_at: at }).execute();
    },

    /** Its turn is used up, and what it shows is not known until it is drawn. */
    async useTurn(requestId: string): Promise<void> {
      await card(requestId).set({ card_turn_at: null, card_shown: null }).execute();
    },

    /** It shows this, which is the request as it was at `updatedAt`; false when that has changed since. */
    async drawn(requestId: string, shown: string, updatedAt: Date): Promise<boolean> {
      await card(requestId).set({ card_shown: shown }).execute();
      const { numUpdatedRows } = await card(requestId)
        .where('updated_at', '=', updatedAt)
        .set({ card_stale: false })
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    },

    /** Somebody deleted it. Where it was stays known. */
    async lost(requestId: string): Promise<void> {
      await card(requestId).set({ card_ts: null, card_attempted_at: null, card_shown: null }).execute();
    },

    async attempt(requestId: string, at: Date | null): Promise<void> {
      await card(requestId).set({ card_attempted_at: at }).execute();
    },

    /** It was posted again; `startsThread`: the session is followed under it from here on. */
    async placed(requestId: string, ts: string, startsThread: boolean): Promise<void> {
      await db.transaction().execute(async (trx) => {
        // The session first, as everywhere: two that lock both in different orders would wait for each other.
        if (startsThread)
          await trx
            .updateTable('sessions')
            .set({ thread_ts: ts, updated_at: new Date() })
            .where('request_id', '=', requestId)
            .execute();
        await trx
          .updateTable('session_requests')
          .set({ card_ts: ts, card_attempted_at: null })
          .where('id', '=', requestId)
          .execute();
      });
    },
  };
}
