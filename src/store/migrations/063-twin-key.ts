import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** What a person asked for, and where, as a hash: the same again is found without comparing tasks. */
export const twinKey: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`alter table session_requests add column twin_key text`.execute(db);
  },
};
