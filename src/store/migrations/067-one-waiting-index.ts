import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** What is pending is waiting, too: one index finds both, and each request is written to one index less. */
export const oneWaitingIndex: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`drop index session_requests_pending_of_person`.execute(db);
  },
};
