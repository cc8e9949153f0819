import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Whether a card is being posted in a conversation is asked for each reply in a thread that the app began. */
export const placingCards: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`create index posts_channel on posts (channel_id, at)`.execute(db);
  },
};
