import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** The rule of the policy under which a request was sent. */
export const decidingRule: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`alter table session_requests add column rule text`.execute(db);
  },
};
