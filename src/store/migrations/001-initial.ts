import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

export const initial: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('session_requests')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('dedupe_key', 'text', (column) => column.notNull().unique())
      .addColumn('state', 'text', (column) => column.notNull().defaultTo('accepted'))
      .addColumn('source', 'text', (column) => column.notNull())
      .addColumn('team_id', 'text', (column) => column.notNull())
      .addColumn('user_id', 'text', (column) => column.notNull())
      .addColumn('channel_id', 'text', (column) => column.notNull())
      .addColumn('thread_ts', 'text')
      .addColumn('draft', 'jsonb', (column) => column.notNull())
      .addColumn('context', 'jsonb')
      .addColumn('slack_file_ids', 'jsonb', (column) => column.notNull())
      .addColumn('sealed', 'text')
      .addColumn('had_secrets', 'boolean', (column) => column.notNull())
      .addColumn('identity', 'jsonb')
      .addColumn('card_channel_id', 'text')
      .addColumn('card_ts', 'text')
      .addColumn('card_attempted_at', 'timestamptz')
      .addColumn('card_elsewhere', 'text')
      .addColumn('card_stale', 'boolean', (column) => column.notNull().defaultTo(false))
      .addColumn('prompt', 'text')
      .addColumn('uploads', 'jsonb')
      .addColumn('waiting', 'text')
      .addColumn('sent_at', 'timestamptz')
      .addColumn('session_id', 'text')
      .addColumn('failure', 'jsonb')
      .addColumn('lease_owner', 'text')
      .addColumn('lease_until', 'timestamptz')
      .addColumn('created_at', 'timestamptz', (column) => column.notNull().defaultTo(sql`now()`))
      .addColumn('updated_at', 'timestamptz', (column) => column.notNull().defaultTo(sql`now()`))
      .execute();
    // The recovery sweep looks for open requests only; they are few, the finished ones are many.
    await sql`create index session_requests_open on session_requests (updated_at)
      where state in ('accepted', 'identified', 'carded', 'attached', 'sending')`.execute(db);
    await sql`create index session_requests_card_stale on session_requests (updated_at) where card_stale`.execute(
      db,
    );
    await db.schema
      .createTable('sessions')
      .addColumn('session_id', 'text', (column) => column.primaryKey())
      .addColumn('request_id', 'text', (column) => column.notNull().unique())
      .addColumn('url', 'text', (column) => column.notNull())
      // Not jsonb: Details show the answer in Devin's own order.
      .addColumn('response', 'json', (column) => column.notNull())
      .addColumn('created_at', 'timestamptz', (column) => column.notNull().defaultTo(sql`now()`))
      .addColumn('updated_at', 'timestamptz', (column) => column.notNull().defaultTo(sql`now()`))
      .execute();
    await db.schema
      .createTable('forms')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('team_id', 'text', (column) => column.notNull())
      .addColumn('user_id', 'text', (column) => column.notNull())
      .addColumn('channel_id', 'text', (column) => column.notNull())
      .addColumn('thread_ts', 'text')
      .addColumn('draft', 'jsonb', (column) => column.notNull())
      .addColumn('context', 'jsonb')
      .addColumn('sealed', 'text')
      .addColumn('expanded', 'boolean', (column) => column.notNull().defaultTo(false))
      .addColumn('description', 'jsonb')
      .addColumn('created_at', 'timestamptz', (column) => column.notNull().defaultTo(sql`now()`))
      .execute();
    await db.schema.createIndex('forms_created_at').on('forms').column('created_at').execute();
    await db.schema
      .createTable('identities')
      .addColumn('team_id', 'text', (column) => column.notNull())
      .addColumn('user_id', 'text', (column) => column.notNull())
      .addColumn('identity', 'jsonb', (column) => column.notNull())
      .addColumn('checked_at', 'timestamptz', (column) => column.notNull())
      .addPrimaryKeyConstraint('identities_pk', ['team_id', 'user_id'])
      .execute();
    await db.schema
      .createTable('identity_links')
      .addColumn('team_id', 'text', (column) => column.notNull())
      .addColumn('user_id', 'text', (column) => column.notNull())
      .addColumn('devin_user_id', 'text', (column) => column.notNull())
      .addColumn('linked_by', 'text', (column) => column.notNull())
      .addColumn('created_at', 'timestamptz', (column) => column.notNull().defaultTo(sql`now()`))
      .addPrimaryKeyConstraint('identity_links_pk', ['team_id', 'user_id'])
      .execute();
    await db.schema
      .createTable('settings')
      .addColumn('team_id', 'text', (column) => column.notNull())
      .addColumn('scope', 'text', (column) => column.notNull())
      .addColumn('scope_id', 'text', (column) => column.notNull())
      .addColumn('draft', 'jsonb', (column) => column.notNull())
      .addColumn('updated_by', 'text', (column) => column.notNull())
      .addColumn('updated_at', 'timestamptz', (column) => column.notNull().defaultTo(sql`now()`))
      .addPrimaryKeyConstraint('settings_pk', ['team_id', 'scope', 'scope_id'])
      .execute();
  },
};
