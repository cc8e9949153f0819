import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** What a form shows as refused at its fields, and which messages and files of the thread are not to be sent. */
export const formReview: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`alter table forms add column faults jsonb`.execute(db);
    await sql`alter table forms add column without jsonb`.execute(db);
  },
};
