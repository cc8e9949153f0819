import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** What session secrets were called, what a form that starts again lacks of them, where people asked, and how they replied. */
export const namesAndPlaces: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`
      alter table session_requests
        add column secret_names jsonb not null default '[]',
        add column place_kind text`.execute(db);
    await sql`alter table forms add column lost_secrets jsonb, add column place_kind text`.execute(db);
    await sql`alter table replies add column via text`.execute(db);
  },
};
