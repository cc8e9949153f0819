import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import type { Db, Tables } from './tables.ts';

type Channel = { teamId: string; channelId: string };

export type Greetings = ReturnType<typeof createGreetings>;

/** In which channels the app has said what it does there: once in each. */
export function createGreetings(db: Kysely<Tables>) {
  return {
    async invited({ teamId, channelId }: Channel, trx: Db = db): Promise<void> {
      await trx
        .insertInto('greetings')
        .values({ team_id: teamId, channel_id: channelId })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    },

    /** Whether a channel it was invited to waits for it. */
    async isDue({ teamId, channelId }: Channel, trx: Db = db): Promise<boolean> {
      const row = await trx
        .selectFrom('greetings')
        .select('channel_id')
        .where('team_id', '=', teamId)
        .where('channel_id', '=', channelId)
        .where('greeted_at', 'is', null)
        .executeTakeFirst();
      return row !== undefined;
    },

    async greeted({ teamId, channelId }: Channel): Promise<void> {
      await db
        .updateTable('greetings')
        .set({ greeted_at: sql<Date>`now()` })
        .where('team_id', '=', teamId)
        .where('channel_id', '=', channelId)
        .execute();
    },
  };
}
