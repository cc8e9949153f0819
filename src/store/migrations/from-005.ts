import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import { statements } from './statements.ts';

export const from005: Record<string, Migration> = {
  /** Creations whose session may turn up yet, those of the last day among them. */
  '005-lost-answers': {
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
  },
  /** Whose Home was opened when: Slack does not say when it is closed. */
  '006-open-homes': statements(
    sql`
      create table homes (
        team_id text not null,
        user_id text not null,
        channel_id text not null,
        opened_at timestamptz not null,
        primary key (team_id, user_id)
      )`,
  ),
  /** Who edits a card holds a lease, which is renewed, and no longer the card's row until a moment that may be too soon. */
  '007-card-leases': {
    async up(db: Kysely<unknown>) {
      await db.schema.alterTable('session_requests').dropColumn('card_held_until').execute();
    },
  },
  /** When a request that had ended was taken up again. */
  '008-resumed-at': statements(sql`alter table session_requests add column resumed_at timestamptz`),
  /** What failed again and again, and no longer holds up anything else. */
  '010-set-aside': statements(
    sql`
      create table set_aside (
        kind text not null,
        id text not null,
        failures integer not null default 1,
        reason text not null,
        failed_at timestamptz not null default now(),
        primary key (kind, id)
      )`,
  ),
  /** What Slack said of people lately, and by which address somebody was looked for in Devin. */
  '012-known-people': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('known_people')
        .addColumn('team_id', 'text', (column) => column.notNull())
        .addColumn('user_id', 'text', (column) => column.notNull())
        .addColumn('person', 'jsonb')
        .addColumn('checked_at', 'timestamptz', (column) => column.notNull())
        .addPrimaryKeyConstraint('known_people_pk', ['team_id', 'user_id'])
        .execute();
      await db.schema
        .createIndex('known_people_checked_at')
        .on('known_people')
        .column('checked_at')
        .execute();
      await sql`alter table identities add column address text`.execute(db);
    },
  },
  /** What is open of a person, and what they started in the last hour, is counted before each start. */
  '013-limits': statements(
    sql`create index session_requests_open_of_person on session_requests (team_id, user_id)
      where state in ('accepted', 'identified', 'carded', 'attached', 'sending')`,
    sql`create index session_requests_asked_by_person on session_requests
      (team_id, user_id, (coalesce(resumed_at, created_at)))`,
    sql`create index sessions_going_on on sessions (request_id)
      where phase in ('queued', 'starting', 'working', 'needs-you', 'needs-approval', 'unknown', 'other')`,
  ),
  /** Cards wait in one line for their turn, and a request no longer waits for its card. */
  '014-card-line': {
    async up(db: Kysely<unknown>) {
      await sql`
      alter table session_requests
        add column card_class smallint not null default 3,
        add column card_due_at timestamptz,
        add column card_prepaid boolean not null default false,
        drop column card_turn_at`.execute(db);
      await sql`drop index session_requests_card_stale`.execute(db);
      await sql`create index session_requests_card_line on session_requests (team_id, card_class, card_due_at)
      where card_stale`.execute(db);
      await sql`update session_requests set state = 'identified' where state = 'carded'`.execute(db);
      await sql`drop index session_requests_open`.execute(db);
      await sql`create index session_requests_open on session_requests (updated_at)
      where state in ('accepted', 'identified', 'attached', 'sending')`.execute(db);
      // A moment that is further away than it can be was written before the clock was set back: it is over.
      await sql`
      create function ms_until(moment timestamptz, present timestamptz, furthest float8) returns float8 language sql immutable as $$
        select case when moment is null or moment <= present or extract(epoch from moment - present) * 1000 > furthest then 0
               else extract(epoch from moment - present) * 1000 end
      $$`.execute(db);
      await sql`alter table edit_budgets add column paused_until timestamptz`.execute(db);
      await db.schema
        .createTable('post_pauses')
        .addColumn('channel_id', 'text', (column) => column.primaryKey())
        .addColumn('until', 'timestamptz', (column) => column.notNull())
        .execute();
    },
  },
  /** Leases get numbers, and each post to Slack a row from its first attempt on. */
  '016-exactly-once': {
    async up(db: Kysely<unknown>) {
      await sql`create sequence lease_numbers`.execute(db);
      await sql`alter table leases add column number bigint not null default 0`.execute(db);
      await db.schema
        .createTable('posts')
        .addColumn('key', 'text', (column) => column.primaryKey())
        .addColumn('channel_id', 'text', (column) => column.notNull())
        .addColumn('thread_ts', 'text')
        .addColumn('first_ts', 'text')
        .addColumn('last_ts', 'text')
        .addColumn('posted_ts', 'text')
        .addColumn('at', 'timestamptz', (column) => column.notNull().defaultTo(sql`now()`))
        .execute();
      await sql`create index posts_at on posts (at)`.execute(db);
      // What was attempted before has no time at Slack.
      await sql`
      insert into posts (key, channel_id, thread_ts)
      select 'card:' || id, coalesce(card_channel_id, channel_id), thread_ts from session_requests
      where card_attempted_at is not null and card_ts is null and card_elsewhere is null
      union all
      select 'message:' || session_id || ':' || event_id || ':0', channel_id, thread_ts
      from session_messages join sessions using (session_id)
      where attempted_at is not null and state = 'pending'
      union all
      select 'milestone:' || session_id || ':' || key, channel_id, thread_ts
      from milestones join sessions using (session_id)
      where attempted_at is not null and state = 'pending' and not direct`.execute(db);
    },
  },
  /** Since when a reply waits, who muted a thread, what goes to Devin there, and what people were told in it. */
  '017-thread-listening': {
    async up(db: Kysely<unknown>) {
      await sql`alter table replies add column waits_since timestamptz`.execute(db);
      await sql`alter table sessions add column muted_by text, add column listen text`.execute(db);
      await db.schema
        .createTable('thread_notices')
        .addColumn('session_id', 'text', (column) => column.notNull())
        .addColumn('user_id', 'text', (column) => column.notNull())
        .addColumn('reason', 'text', (column) => column.notNull())
        .addPrimaryKeyConstraint('thread_notices_pk', ['session_id', 'user_id', 'reason'])
        .execute();
    },
  },
  /** What people list, and what the watcher asks for, is read from indexes, however many rows there are. */
  '018-bounded-reads': statements(
    sql`create index session_requests_own on session_requests (team_id, user_id, created_at desc, id)
      where state <> 'refused'`,
    sql`create index session_requests_newest on session_requests (team_id, created_at desc, id)
      where state <> 'refused'`,
    sql`create index session_requests_waiting on session_requests (team_id, user_id)
      where state not in ('created', 'refused', 'failed')`,
    sql`create index session_requests_held on session_requests (id) where lease_owner is not null`,
    sql`create index sessions_active on sessions (team_id, request_id)
      where phase not in ('finished', 'asleep', 'capped', 'failed', 'ended', 'gone')`,
    sql`
      alter table sessions
        add column watch_first boolean not null default true,
        add column touched_at timestamptz`,
    sql`
      update sessions set watch_first = false
      where phase in ('finished', 'asleep', 'capped', 'failed', 'ended', 'gone')`,
    sql`drop index sessions_due`,
    sql`create index sessions_due_first on sessions (next_look_at)
      where watch_first and next_look_at is not null`,
    sql`create index sessions_due_later on sessions (next_look_at)
      where not watch_first and next_look_at is not null`,
  ),
  /** When the text of a session or a request was removed, and by which index those are found whose text is old. */
  '019-retention': statements(
    sql`alter table sessions add column text_removed_at timestamptz`,
    sql`alter table session_requests add column text_removed_at timestamptz`,
    sql`create index sessions_with_text on sessions (changed_at)
      where text_removed_at is null and phase in ('finished', 'asleep', 'capped', 'failed', 'ended', 'gone')`,
    sql`create index session_requests_with_text on session_requests (updated_at)
      where text_removed_at is null and session_id is null and state in ('refused', 'failed', 'unknown')`,
  ),
  /** What a form shows as refused at its fields, and which messages and files of the thread are not to be sent. */
  '021-form-review': statements(
    sql`alter table forms add column faults jsonb`,
    sql`alter table forms add column without jsonb`,
  ),
  /** What session secrets that were entered one by one are called; their values are sealed. */
  '022-form-secrets': statements(sql`alter table forms add column secret_names jsonb`),
  /** When a session that was not confirmed was last looked for by a person, in vain. */
  '023-checked-at': statements(sql`alter table session_requests add column checked_at timestamptz`),
  /** Which message of Devin a call is about, where the call is, and whether its question was answered. */
  '024-calls': statements(
    sql`
      alter table milestones
        add column event_id text,
        add column in_message boolean not null default false,
        add column channel_id text,
        add column slack_ts text,
        add column answered boolean not null default false`,
  ),
  /** Channels the app was invited to, each of which it greets once. */
  '025-greetings': statements(
    sql`
      create table greetings (
        team_id text not null,
        channel_id text not null,
        invited_at timestamptz not null default now(),
        greeted_at timestamptz,
        primary key (team_id, channel_id)
      )`,
  ),
  /** Whether a card is being posted in a conversation is asked for each reply in a thread that the app began. */
  '026-placing-cards': statements(sql`create index posts_channel on posts (channel_id, at)`),
  /** As whom a session was asked for whose answer was lost: the person may be linked to another member since. */
  '027-lost-identities': statements(
    sql`alter table lost_answers add column identity jsonb`,
    sql`
      update lost_answers set identity = request.identity
      from session_requests request where request.id = lost_answers.request_id`,
  ),
};
