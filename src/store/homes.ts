import type { Kysely } from 'kysely';
import type { Person } from './identities.ts';
import type { Tables } from './tables.ts';

export type Homes = ReturnType<typeof createHomes>;

/** Whose App Home is worth drawing: Slack says when one is opened, and not when it is closed. */
export function createHomes(db: Kysely<Tables>) {
  return {
    /** `channelId`: the person's conversation with the app. */
    async opened({ teamId, userId, channelId }: Person & { channelId: string }, at: Date): Promise<void> {
      const value = { channel_id: channelId, opened_at: at };
      await db
        .insertInto('homes')
        .values({ team_id: teamId, user_id: userId, ...value })
        .onConflict((conflict) => conflict.columns(['team_id', 'user_id']).doUpdateSet(value))
        .execute();
    },

    /** The person's conversation with the app; null: they have not opened their Home since. */
    async openSince({ teamId, userId }: Person, since: Date): Promise<string | null> {
      const row = await db
        .selectFrom('homes')
        .select('channel_id')
        .where('team_id', '=', teamId)
        .where('user_id', '=', userId)
        .where('opened_at', '>=', since)
        .executeTakeFirst();
      return row?.channel_id ?? null;
    },
  };
}
