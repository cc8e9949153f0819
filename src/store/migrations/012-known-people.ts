import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** What Slack said of people lately, and by which address somebody was looked for in Devin. */
export const knownPeople: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('known_people')
      .addColumn('team_id', 'text', (column) => column.notNull())
      .addColumn('user_id', 'text', (column) => column.notNull())
      .addColumn('person', 'jsonb')
      .addColumn('checked_at', 'timestamptz', (column) => column.notNull())
      .addPrimaryKeyConstraint('known_people_pk', ['team_id', 'user_id'])
      .execute();
    await db.schema.createIndex('known_people_checked_at').on('known_people').column('checked_at').execute();
    await sql`alter table identities add column address text`.execute(db);
  },
};
