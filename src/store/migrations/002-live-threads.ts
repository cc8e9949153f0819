import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Sessions that are followed in their threads, messages both ways, and what people prefer. */
export const liveThreads: Migration = {
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
};
