import type { Kysely } from 'kysely';
import { isOf, type Person } from './identities.ts';
import type { Tables } from './tables.ts';

/** `channelId`: the person's conversation with the app. */
export type HomesTable = Person & { channelId: string; openedAt: Date };

export type Homes = ReturnType<typeof createHomes>;

/** The App Homes worth updating: Slack says when one is opened, not when it is closed. */
export function createHomes(db: Kysely<Tables>) {
  return {
    /** `channelId`: the person's conversation with the app. */
    async opened({ teamId, userId, channelId }: Person & { channelId: string }, at: Date): Promise<void> {
      const value = { channelId, openedAt: at };
      await db
        .insertInto('homes')
        .values({ teamId, userId, ...value })
        .onConflict((conflict) => conflict.columns(['teamId', 'userId']).doUpdateSet(value))
        .execute();
    },

    /** The person's conversation with the app; null: they haven't opened their Home since. */
    async openSince(person: Person, since: Date): Promise<string | null> {
      const row = await db
        .selectFrom('homes')
        .select('channelId')
        .where(isOf(person))
        .where('openedAt', '>=', since)
        .executeTakeFirst();
      return row?.channelId ?? null;
    },
  };
}
