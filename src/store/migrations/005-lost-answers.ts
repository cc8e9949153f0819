import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Creations whose session may turn up yet, those of the last day among them. */
export const lostAnswers: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('lost_answers')
      .addColumn('request_id', 'text', (column) => column.notNull())
      .addColumn('sent_at', 'timestamptz', (column) => column.notNull())
      .addColumn('lost_at', 'timestamptz', (column) => column.notNull())
      .addColumn('next_look_at', 'timestamptz', (column) => column.notNull())
      .addPrimaryKeyConstraint('lost_answers_pk', ['request_id', 'sent_at'])
      .execute();
    await sql`
      insert into lost_answers
      select id, date_trunc('milliseconds', coalesce(sent_at, created_at)), now(), now()
      from session_requests where state = 'unknown' and updated_at > now() - interval '1 day'`.execute(db);
  },
};
