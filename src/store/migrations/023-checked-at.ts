import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** When a session that was not confirmed was last looked for by a person, in vain. */
export const checkedAt: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`alter table session_requests add column checked_at timestamptz`.execute(db);
  },
};
