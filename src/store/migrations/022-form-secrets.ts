import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** What session secrets that were entered one by one are called; their values are sealed. */
export const formSecrets: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`alter table forms add column secret_names jsonb`.execute(db);
  },
};
