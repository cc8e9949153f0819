import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import { AUDIT } from './065-audit.ts';

/** The tables of the first release. */
export const initial: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of [...TABLES, ...INDEXES, ...OTHERS, ...AUDIT])
      await sql.raw(statement).execute(db);
  },
};

const TABLES = [
  `create table approval_messages (
    request_id text not null, number integer not null, user_id text not null, channel_id text not null,
    slack_ts text not null, shown text not null,
    constraint approval_messages_pk primary key (request_id, number, user_id))`,
  `create table budget_alerts (
    name text primary key, at timestamptz not null default now())`,
  `create table edit_budgets (
    team_id text primary key, next_at timestamptz not null, paused_until timestamptz)`,
  `create table forms (
    id text primary key, team_id text not null, user_id text not null, channel_id text not null,
    thread_ts text, draft jsonb not null, context jsonb, sealed text, expanded boolean not null default false,
    description jsonb, created_at timestamptz not null default now(), lost_secrets jsonb, place_kind text,
    faults jsonb, without jsonb, secret_names jsonb, replaces jsonb)`,
  `create table greetings (
    team_id text not null, channel_id text not null, greeted_at timestamptz,
    primary key (team_id, channel_id))`,
  `create table homes (
    team_id text not null, user_id text not null, channel_id text not null, opened_at timestamptz not null,
    primary key (team_id, user_id))`,
  `create table identities (
    team_id text not null, user_id text not null, identity jsonb not null, checked_at timestamptz not null,
    address text, constraint identities_pk primary key (team_id, user_id))`,
  `create table identity_links (
    team_id text not null, user_id text not null, devin_user_id text not null, linked_by text not null,
    created_at timestamptz not null default now(),
    constraint identity_links_pk primary key (team_id, user_id))`,
  `create table known_people (
    team_id text not null, user_id text not null, person jsonb, checked_at timestamptz not null,
    constraint known_people_pk primary key (team_id, user_id))`,
  // Leases needn't outlive a crash of the database: the next fenced write finds none.
  `create unlogged table leases (
    name text primary key, owner text not null default '', until timestamptz not null,
    number bigint not null default 0)`,
  `create table ledger (
    id bigint generated always as identity primary key, request_id text not null, session_id text,
    team_id text not null, user_id text, channel_id text, at timestamptz not null, cap integer,
    consumed double precision not null default 0, is_open boolean not null default true,
    counted double precision not null generated always as (
      case when is_open then greatest(coalesce(cap, 0), consumed) else consumed end) stored)`,
  `create table lost_answers (
    request_id text not null, sent_at timestamptz not null, lost_at timestamptz not null,
    next_look_at timestamptz not null, identity jsonb,
    constraint lost_answers_pk primary key (request_id, sent_at))`,
  `create table milestones (
    session_id text not null, key text not null, seq bigint generated always as identity,
    state text not null default 'pending', direct boolean not null default false, attempted_at timestamptz,
    created_at timestamptz not null default now(), event_id text, in_message boolean not null default false,
    channel_id text, slack_ts text, answered boolean not null default false,
    constraint milestones_pk primary key (session_id, key))`,
  `create table post_pauses (
    channel_id text primary key, until timestamptz not null)`,
  `create table posts (
    key text primary key, channel_id text not null, thread_ts text, first_ts text, last_ts text,
    posted_ts text, at timestamptz not null default now())`,
  `create table replies (
    id text primary key, dedupe_key text not null unique, session_id text not null, team_id text not null,
    user_id text not null, channel_id text, message_ts text, kind text not null, text text not null,
    files jsonb not null, state text not null default 'accepted', failure jsonb, sent_at timestamptz,
    not_before timestamptz, sent_text text, event_id text, created_at timestamptz not null default now(),
    via text, edited_ts text, waits_since timestamptz)`,
  `create table session_messages (
    session_id text not null, event_id text not null, seq bigint generated always as identity,
    source text not null, text text not null, state text not null default 'pending', attempted_at timestamptz,
    slack_ts text, slack_file_id text, said_at timestamptz not null,
    constraint session_messages_pk primary key (session_id, event_id))`,
  `create table session_requests (
    id text primary key, dedupe_key text not null unique, state text not null default 'accepted',
    source text not null, team_id text not null, user_id text not null, channel_id text not null,
    thread_ts text, draft jsonb not null, context jsonb, slack_file_ids jsonb not null, sealed text,
    had_secrets boolean not null, identity jsonb, card_channel_id text, card_ts text, card_elsewhere text,
    card_stale boolean not null default false, prompt text, uploads jsonb, waiting text, sent_at timestamptz,
    session_id text, failure jsonb, created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(), card_shown text, secret_names jsonb not null default '[]',
    place_kind text, resumed_at timestamptz, card_class smallint not null default 3, card_due_at timestamptz,
    card_prepaid boolean not null default false, text_removed_at timestamptz, checked_at timestamptz,
    rule text, approvals jsonb not null default '[]', approved jsonb not null default '[]', approved_as text,
    approval_until timestamptz, material jsonb, replaces jsonb, twin_key text)`,
  // `response` is not jsonb: Details show the answer in Devin's own order.
  `create table sessions (
    session_id text primary key, request_id text not null unique, url text not null, response json not null,
    created_at timestamptz not null default now(), updated_at timestamptz not null default now(),
    team_id text not null default '', channel_id text not null default '', thread_ts text not null default '',
    phase text not null default 'starting', phase_at timestamptz not null default now(),
    was_finished boolean not null default false, last_words text,
    changed_at timestamptz not null default now(), next_look_at timestamptz default now(),
    messages_cursor text, muted boolean not null default false, synced boolean not null default true,
    notify text, told jsonb not null default '[]', stopped_by text, archived_by text, thread_trouble text,
    muted_by text, listen text, watch_first boolean not null default true, touched_at timestamptz,
    text_removed_at timestamptz, introduces_thread boolean not null default false)`,
  `create table set_aside (
    kind text not null, id text not null, failures integer not null default 1, reason text not null,
    failed_at timestamptz not null default now(), primary key (kind, id))`,
  `create table settings (
    team_id text not null, scope text not null, scope_id text not null, draft jsonb, updated_by text not null,
    updated_at timestamptz not null default now(), preferences jsonb,
    constraint settings_pk primary key (team_id, scope, scope_id))`,
  `create table shared_accounts (
    team_id text not null, user_id text not null, devin_user_id text not null,
    told_at timestamptz not null default now(),
    constraint shared_accounts_pk primary key (team_id, user_id, devin_user_id))`,
  `create table thread_notices (
    session_id text not null, user_id text not null, reason text not null,
    constraint thread_notices_pk primary key (session_id, user_id, reason))`,
];

const INDEXES = [
  `create index approval_messages_of_person on approval_messages (user_id)`,
  `create index forms_created_at on forms (created_at)`,
  `create index known_people_checked_at on known_people (checked_at)`,
  `create index ledger_at on ledger (at) include (counted)`,
  `create index ledger_of_channel on ledger (team_id, channel_id, at) include (counted)`,
  `create index ledger_of_person on ledger (team_id, user_id, at) include (counted)`,
  `create index ledger_of_request on ledger (request_id)`,
  `create index milestones_pending on milestones (created_at) where state = 'pending'`,
  `create index posts_at on posts (at)`,
  `create index posts_channel on posts (channel_id, at)`,
  `create index replies_message on replies (channel_id, message_ts)`,
  `create index replies_open on replies (session_id, created_at) where state in ('accepted', 'sending')`,
  `create index replies_session on replies (session_id)`,
  `create index session_messages_pending on session_messages (session_id, seq) where state = 'pending'`,
  `create index session_requests_asked_by_person on session_requests (team_id, user_id, coalesce(resumed_at, created_at))`,
  `create index session_requests_awaiting_approval on session_requests (approval_until)
    where state = 'awaiting-approval'`,
  `create index session_requests_card_line on session_requests (team_id, card_class, card_due_at)
    where card_stale`,
  `create index session_requests_newest on session_requests (team_id, created_at desc, id)
    where state <> 'refused'`,
  `create index session_requests_open on session_requests (updated_at)
    where state in ('accepted', 'identified', 'attached', 'sending')`,
  `create index session_requests_own on session_requests (team_id, user_id, created_at desc, id)
    where state <> 'refused'`,
  `create index session_requests_pending_of_person on session_requests (team_id, user_id)
    where state in ('accepted', 'identified', 'carded', 'attached', 'sending', 'awaiting-approval')`,
  `create index session_requests_waiting on session_requests (team_id, user_id)
    where state not in ('created', 'refused', 'failed')`,
  `create index session_requests_with_text on session_requests (updated_at)
    where text_removed_at is null and session_id is null and state in ('refused', 'failed', 'unknown')`,
  `create index sessions_active on sessions (team_id, request_id)
    where phase not in ('finished', 'asleep', 'capped', 'failed', 'ended', 'gone')`,
  `create index sessions_due_first on sessions (next_look_at) where watch_first and next_look_at is not null`,
  `create index sessions_due_later on sessions (next_look_at)
    where not watch_first and next_look_at is not null`,
  `create index sessions_going_on on sessions (request_id)
    where phase in ('queued', 'starting', 'working', 'needs-you', 'needs-approval', 'unknown', 'other')`,
  `create index sessions_thread on sessions (channel_id, thread_ts)`,
  `create index sessions_with_text on sessions (changed_at)
    where text_removed_at is null and phase in ('finished', 'asleep', 'capped', 'failed', 'ended', 'gone')`,
  `create unique index ledger_session on ledger (session_id)`,
];

const OTHERS = [
  // No lease ever has the number of another.
  'create sequence lease_numbers',
  // A moment that is further away than it can be was saved before the clock was set back: it is over.
  `create function ms_until(moment timestamptz, present timestamptz, furthest float8) returns float8 language sql immutable as $$
    select case when moment is null or moment <= present or extract(epoch from moment - present) * 1000 > furthest then 0
           else extract(epoch from moment - present) * 1000 end
  $$`,
];
