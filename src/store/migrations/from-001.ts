import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import { statements } from './statements.ts';

export const from001: Record<string, Migration> = {
  '001-initial': {
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
  },
  /** Sessions that are followed in their threads, messages both ways, and what people prefer. */
  '002-live-threads': {
    async up(db: Kysely<unknown>) {
      await sql`
      alter table sessions
        add column team_id text not null default '',
        add column channel_id text not null default '',
        add column thread_ts text not null default '',
        add column phase text not null default 'starting',
        add column phase_at timestamptz not null default now(),
        add column was_finished boolean not null default false,
        add column last_words text,
        add column changed_at timestamptz not null default now(),
        add column next_look_at timestamptz default now(),
        add column messages_cursor text,
        add column muted boolean not null default false,
        add column synced boolean not null default true,
        add column notify text,
        add column told jsonb not null default '[]',
        add column stopped_by text,
        add column archived_by text,
        add column thread_trouble text`.execute(db);
      await sql`
      update sessions set
        team_id = r.team_id,
        channel_id = coalesce(r.card_channel_id, r.channel_id),
        thread_ts = coalesce(case when r.card_channel_id = r.channel_id then r.thread_ts end, r.card_ts, '')
      from session_requests r where r.id = sessions.request_id`.execute(db);
      await sql`create index sessions_due on sessions (next_look_at) where next_look_at is not null`.execute(
        db,
      );
      await db.schema
        .createIndex('sessions_thread')
        .on('sessions')
        .columns(['channel_id', 'thread_ts'])
        .execute();
      await db.schema
        .createTable('session_messages')
        .addColumn('session_id', 'text', (column) => column.notNull())
        .addColumn('event_id', 'text', (column) => column.notNull())
        .addColumn('seq', 'bigint', (column) => column.generatedAlwaysAsIdentity())
        .addColumn('source', 'text', (column) => column.notNull())
        .addColumn('text', 'text', (column) => column.notNull())
        .addColumn('state', 'text', (column) => column.notNull().defaultTo('pending'))
        .addColumn('attempted_at', 'timestamptz')
        .addColumn('slack_ts', 'text')
        .addColumn('slack_file_id', 'text')
        .addColumn('said_at', 'timestamptz', (column) => column.notNull())
        .addPrimaryKeyConstraint('session_messages_pk', ['session_id', 'event_id'])
        .execute();
      await sql`create index session_messages_pending on session_messages (session_id, seq) where state = 'pending'`.execute(
        db,
      );
      await db.schema
        .createTable('replies')
        .addColumn('id', 'text', (column) => column.primaryKey())
        .addColumn('dedupe_key', 'text', (column) => column.notNull().unique())
        .addColumn('session_id', 'text', (column) => column.notNull())
        .addColumn('team_id', 'text', (column) => column.notNull())
        .addColumn('user_id', 'text', (column) => column.notNull())
        .addColumn('channel_id', 'text')
        .addColumn('message_ts', 'text')
        .addColumn('kind', 'text', (column) => column.notNull())
        .addColumn('text', 'text', (column) => column.notNull())
        .addColumn('files', 'jsonb', (column) => column.notNull())
        .addColumn('state', 'text', (column) => column.notNull().defaultTo('accepted'))
        .addColumn('failure', 'jsonb')
        .addColumn('sent_at', 'timestamptz')
        .addColumn('not_before', 'timestamptz')
        .addColumn('sent_text', 'text')
        .addColumn('event_id', 'text')
        .addColumn('created_at', 'timestamptz', (column) => column.notNull().defaultTo(sql`now()`))
        .execute();
      await sql`create index replies_open on replies (session_id, created_at) where state in ('accepted', 'sending')`.execute(
        db,
      );
      await db.schema
        .createTable('leases')
        .addColumn('name', 'text', (column) => column.primaryKey())
        .addColumn('owner', 'text', (column) => column.notNull())
        .addColumn('until', 'timestamptz', (column) => column.notNull())
        .execute();
      await db.schema
        .createTable('milestones')
        .addColumn('session_id', 'text', (column) => column.notNull())
        .addColumn('key', 'text', (column) => column.notNull())
        .addColumn('seq', 'bigint', (column) => column.generatedAlwaysAsIdentity())
        .addColumn('state', 'text', (column) => column.notNull().defaultTo('pending'))
        .addColumn('direct', 'boolean', (column) => column.notNull().defaultTo(false))
        .addColumn('attempted_at', 'timestamptz')
        .addColumn('created_at', 'timestamptz', (column) => column.notNull().defaultTo(sql`now()`))
        .addPrimaryKeyConstraint('milestones_pk', ['session_id', 'key'])
        .execute();
      await db.schema
        .createTable('edit_budgets')
        .addColumn('team_id', 'text', (column) => column.primaryKey())
        .addColumn('next_at', 'timestamptz', (column) => column.notNull())
        .execute();
      await sql`
      alter table session_requests
        add column card_shown text,
        add column card_turn_at timestamptz,
        add column card_held_until timestamptz`.execute(db);
      await db.schema.alterTable('settings').addColumn('preferences', 'jsonb').execute();
      await sql`alter table settings alter column draft drop not null`.execute(db);
    },
  },
  /** What session secrets were called, what a form that starts again lacks of them, where people asked, and how they replied. */
  '003-names-and-places': statements(
    sql`
      alter table session_requests
        add column secret_names jsonb not null default '[]',
        add column place_kind text`,
    sql`alter table forms add column lost_secrets jsonb, add column place_kind text`,
    sql`alter table replies add column via text`,
  ),
  /** Which edit of a message a reply says, since edits may come late and more than once; and how replies, and milestones that wait, are looked for. */
  '004-edit-times': {
    async up(db: Kysely<unknown>) {
      await sql`alter table replies add column edited_ts text`.execute(db);
      await db.schema
        .createIndex('replies_message')
        .on('replies')
        .columns(['channel_id', 'message_ts'])
        .execute();
      await sql`create index milestones_pending on milestones (created_at) where state = 'pending'`.execute(
        db,
      );
      await db.schema.createIndex('replies_session').on('replies').column('session_id').execute();
    },
  },
};
