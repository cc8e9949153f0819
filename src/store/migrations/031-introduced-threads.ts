import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Whether a session's card is the one that says how its thread works. */
export const introducedThreads: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`alter table sessions add column introduces_thread boolean not null default false`.execute(db);
  },
};
