import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** What waits for a person's approval is listed in their Home. */
export const approvalsOfPerson: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`create index approval_messages_of_person on approval_messages (user_id)`.execute(db);
  },
};
