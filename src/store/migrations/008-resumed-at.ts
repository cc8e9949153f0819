import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** When a request that had ended was taken up again. */
export const resumedAt: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`alter table session_requests add column resumed_at timestamptz`.execute(db);
  },
};
