import { sql, type Kysely } from 'kysely';
import { hasRow } from './sql.ts';
import type { Db, Tables } from './tables.ts';

type Channel = { teamId: string; channelId: string };

/** Channels that the app was invited to. */
export type GreetingsTable = Channel & { greetedAt: Date | null };

export type Greetings = ReturnType<typeof createGreetings>;

/** The channels in which the app introduced itself: once in each. */
export function createGreetings(db: Kysely<Tables>) {
  return {
    async invited({ teamId, channelId }: Channel, trx: Db): Promise<void> {
      await trx
        .insertInto('greetings')
        .values({ teamId, channelId })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    },

    /** Whether the app was invited to this channel and hasn't introduced itself. */
    async isDue({ teamId, channelId }: Channel, trx: Db = db): Promise<boolean> {
      const invited = trx.selectFrom('greetings').where((row) => row.and({ teamId, channelId }));
      return hasRow(invited.where('greetedAt', 'is', null).select('channelId'));
    },

    async greeted({ teamId, channelId }: Channel): Promise<void> {
      await db
        .updateTable('greetings')
        .set({ greetedAt: sql<Date>`now()` })
        .where((row) => row.and({ teamId, channelId }))
        .execute();
    },
  };
}
