import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** What waits for a person's approval is found among what waits for any, which is little. */
export const unusedIndex: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`drop index approval_messages_of_person`.execute(db);
  },
};
