import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Where Devin's open questions were asked: looked up for each message to the app that mentions nobody. */
export const questionsByChannel: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`create index milestones_asked on milestones (channel_id)
      where not answered and key like 'needs-you:%'`.execute(db);
  },
};
