import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** The view in which a form was sent: in another one, it asks first. */
export const sentForm: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`alter table forms add column sent_in text`.execute(db);
  },
};
