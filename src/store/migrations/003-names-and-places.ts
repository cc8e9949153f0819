import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** What session secrets were called, and what a form that starts again lacks of them. */
export const namesAndPlaces: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`
      alter table session_requests
        add column secret_names jsonb not null default '[]'`.execute(db);
    await sql`alter table forms add column lost_secrets jsonb`.execute(db);
  },
};
