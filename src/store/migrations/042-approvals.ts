import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** What a request waits to have approved, what was approved, and the messages that ask. */
export const approvals: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`
      alter table session_requests
        add column approvals jsonb not null default '[]',
        add column approved jsonb not null default '[]',
        add column approved_as text,
        add column approval_until timestamptz,
        add column material jsonb`.execute(db);
    await sql`create index session_requests_awaiting_approval on session_requests (approval_until)
      where state = 'awaiting-approval'`.execute(db);
    await sql`alter table forms add column replaces jsonb`.execute(db);
    await db.schema
      .createTable('approval_messages')
      .addColumn('request_id', 'text', (column) => column.notNull())
      .addColumn('number', 'integer', (column) => column.notNull())
      .addColumn('user_id', 'text', (column) => column.notNull())
      .addColumn('channel_id', 'text', (column) => column.notNull())
      .addColumn('slack_ts', 'text', (column) => column.notNull())
      .addColumn('shown', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('approval_messages_pk', ['request_id', 'number', 'user_id'])
      .execute();
  },
};
