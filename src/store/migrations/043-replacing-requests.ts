import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** The request, and which of its approvals, that a changed one makes unneeded. */
export const replacingRequests: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`alter table session_requests add column replaces jsonb`.execute(db);
  },
};
