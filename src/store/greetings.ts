import { sql, type Kysely } from 'kysely';
import type { Db, Tables } from './tables.ts';

type Channel = { teamId: string; channelId: string };

/** Channels that the app was invited to. */
export type GreetingsTable = Channel & { greetedAt: Date | null };

export type Greetings = ReturnType<typeof createGreetings>;

/** The channels in which the app introduced itself: once in each. */
export function createGreetings(db: Kysely<Tables>) {
  return {
    async invited({ teamId, channelId }: Channel, trx: Db = db): Promise<void> {
      await trx
        .insertInto('greetings')
        .values({ teamId, channelId })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    },

    /** Whether the app was invited to this channel and hasn't introduced itself. */
    async isDue({ teamId, channelId }: Channel, trx: Db = db): Promise<boolean> {
      const row = await trx
        .selectFrom('greetings')
        .select('channelId')
        .where('teamId', '=', teamId)
        .where('channelId', '=', channelId)
        .where('greetedAt', 'is', null)
        .executeTakeFirst();
      return row !== undefined;
    },

    async greeted({ teamId, channelId }: Channel): Promise<void> {
      await db
        .updateTable('greetings')
        .set({ greetedAt: sql<Date>`now()` })
        .where('teamId', '=', teamId)
        .where('channelId', '=', channelId)
        .execute();
    },
  };
}
