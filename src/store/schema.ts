import { createHash } from 'node:crypto';
import { sql, type Kysely } from 'kysely';
import { OperatorError } from '../text/operator-error.ts';
import { codeOf, DUPLICATE_TABLE, orForbidden } from './sql.ts';
import type { Tables } from './store.ts';

/** Raise this number when a `jsonb` column, a job or a fixed word of a row changes its meaning. */
const FORMAT = 1;

/** All tables and indexes; each table's file says what its columns mean. Text of a partial index is repeated in its query. */
const SCHEMA = `
create table session_requests (
  id text primary key,
  dedupe_key text not null unique,
  state text not null default 'accepted',
  source text not null,
  team_id text not null,
  user_id text not null,
  channel_id text not null,
  thread_ts text,
  place_kind text,
  draft jsonb not null,
  context jsonb,
  slack_file_ids jsonb not null,
  sealed text,
  secret_names jsonb not null default '[]',
  twin_key text,
  identity jsonb,
  prompt text,
  uploads jsonb,
  material jsonb,
  waiting text,
  held_until timestamptz,
  sent_at timestamptz,
  session_id text,
  failure jsonb,
  rule text,
  approvals jsonb not null default '[]',
  approved jsonb not null default '[]',
  approval_until timestamptz,
  card_channel_id text,
  card_ts text,
  card_elsewhere text,
  resumed_at timestamptz,
  checked_at timestamptz,
  text_removed_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
-- While there are no rows, the planner prefers the later ones: a person's before a workspace's.
create index session_requests_newest on session_requests (team_id, created_at desc, id)
  where state <> 'refused';
create index session_requests_open on session_requests (updated_at)
  where state in ('accepted', 'held', 'ready', 'sending');
create index session_requests_waiting on session_requests (team_id, user_id)
  where state not in ('created', 'refused', 'failed');
create index session_requests_awaiting_approval on session_requests (approval_until)
  where state = 'awaiting-approval';
create index session_requests_asked_by_person on session_requests
  (team_id, user_id, (coalesce(resumed_at, created_at)));
create index session_requests_own on session_requests (team_id, user_id, created_at desc, id)
  where state <> 'refused';
create index session_requests_with_text on session_requests (updated_at)
  where text_removed_at is null and session_id is null and state in ('refused', 'failed', 'unknown');

create table sessions (
  session_id text primary key,
  request_id text not null unique,
  -- Not jsonb: Details shows the answer in Devin's own order.
  response json not null,
  team_id text not null,
  channel_id text not null,
  thread_ts text not null,
  introduces_thread boolean not null default false,
  phase text not null default 'starting',
  phase_at timestamptz not null default now(),
  was_finished boolean not null default false,
  changed_at timestamptz not null default now(),
  touched_at timestamptz,
  next_look_at timestamptz default now(),
  watch_first boolean not null default true,
  unreadable_at timestamptz,
  messages_cursor text,
  last_words text,
  told jsonb not null default '[]',
  thread_trouble text,
  muted_by text,
  listen text,
  stopped_by text,
  archived_by text,
  text_removed_at timestamptz,
  created_at timestamptz not null default now()
);
create index sessions_due_first on sessions (next_look_at) where watch_first and next_look_at is not null;
create index sessions_due_later on sessions (next_look_at) where not watch_first and next_look_at is not null;
create index sessions_unreadable on sessions (unreadable_at) where unreadable_at is not null;
create index sessions_thread on sessions (channel_id, thread_ts);
create index sessions_going_on on sessions (request_id)
  where phase in ('queued', 'starting', 'working', 'needs-you', 'needs-approval', 'unknown');
create index sessions_with_text on sessions (changed_at)
  where text_removed_at is null and phase in ('finished', 'asleep', 'capped', 'failed', 'ended', 'gone');

create table thread_messages (
  session_id text not null,
  key text not null,
  seq bigint not null generated always as identity,
  source text not null,
  text text not null default '',
  user_id text,
  state text not null default 'pending',
  about text,
  attempted_at timestamptz,
  failures integer not null default 0,
  channel_id text,
  said_at timestamptz not null default now(),
  created_at timestamptz not null default now(),
  answered_at timestamptz,
  primary key (session_id, key)
);
create index thread_messages_pending on thread_messages (session_id, seq) where state = 'pending';
create index thread_messages_set_aside on thread_messages (created_at) where failures >= 5;
create index thread_messages_asked on thread_messages (channel_id)
  where answered_at is null and key like 'needs-you:%' and source = 'milestone';

create table replies (
  id text primary key,
  dedupe_key text not null unique,
  session_id text not null,
  team_id text not null,
  user_id text not null,
  channel_id text,
  message_ts text,
  edited_ts text,
  kind text not null,
  via text,
  text text not null,
  files jsonb not null,
  state text not null default 'accepted',
  failure jsonb,
  sent_at timestamptz,
  sent_text text,
  event_id text,
  created_at timestamptz not null default now()
);
create index replies_open on replies (session_id, created_at) where state in ('accepted', 'sending');
create index replies_message on replies (channel_id, message_ts);
create index replies_session on replies (session_id);

create table forms (
  id text primary key,
  team_id text not null,
  user_id text not null,
  channel_id text not null,
  thread_ts text,
  place_kind text,
  draft jsonb not null,
  context jsonb,
  sealed text,
  secret_names jsonb not null default '[]',
  faults jsonb,
  without jsonb,
  questions jsonb,
  sent_in text,
  created_at timestamptz not null default now()
);
create index forms_created_at on forms (created_at);

create table settings (
  team_id text not null,
  scope text not null,
  scope_id text not null,
  draft jsonb,
  preferences jsonb,
  primary key (team_id, scope, scope_id)
);

create table people (
  team_id text not null,
  user_id text not null,
  slack jsonb,
  asked_at timestamptz,
  address text,
  identity jsonb,
  ran_as text,
  linked_to text,
  primary key (team_id, user_id)
);

create table ledger (
  id bigint primary key generated always as identity,
  request_id text not null,
  session_id text,
  team_id text not null,
  user_id text,
  channel_id text,
  at timestamptz not null,
  cap integer,
  consumed double precision not null default 0,
  is_open boolean not null default true,
  nth smallint not null default 0,
  held_until timestamptz,
  sent_at timestamptz,
  identity jsonb,
  lost_at timestamptz,
  next_look_at timestamptz,
  counted double precision not null generated always as (
    case when is_open then greatest(coalesce(cap, 0), consumed) else consumed end) stored
);
-- Every start adds up what counts in its day and month.
create index ledger_at on ledger (at) include (counted);
create index ledger_of_person on ledger (team_id, user_id, at) include (counted);
create index ledger_of_channel on ledger (team_id, channel_id, at) include (counted);
create index ledger_of_request on ledger (request_id);
create index ledger_lost on ledger (next_look_at) where next_look_at is not null;
create unique index ledger_session on ledger (session_id, nth);

create table shown (
  key text primary key,
  channel_id text,
  thread_ts text,
  first_ts text,
  last_ts text,
  ts text,
  stage text,
  fingerprint text,
  refused text,
  failing_since timestamptz,
  at timestamptz not null default now()
);
create index shown_ended on shown (at) where split_part(key, ':', 1) not in ('card', 'greeting');
create index shown_placing on shown (channel_id) where ts is null;
create index shown_refused on shown (channel_id) where refused is not null;

-- Holders of a lease notice when a crash of the database takes it: the next fenced write finds none. No number comes twice.
create unlogged table leases (
  name text primary key,
  number bigint not null,
  until timestamptz not null
);
create sequence lease_numbers;

create unlogged table paces (
  place text primary key,
  next_at timestamptz not null
);
create unlogged table turns (
  place text not null,
  key text not null,
  rank integer not null,
  since double precision not null,
  again_at timestamptz not null,
  primary key (place, key)
);
-- A moment that is further away than it can be was written before the clock was set back: it is over.
create function ms_until(moment timestamptz, present timestamptz, furthest float8) returns float8
language sql immutable as $body$
  select case when moment is null or moment <= present or extract(epoch from moment - present) * 1000 > furthest then 0
         else extract(epoch from moment - present) * 1000 end
$body$;

create table audit (
  seq bigint primary key,
  at timestamptz(3) not null,
  kind text not null,
  user_id text,
  devin_user_id text,
  channel_id text,
  message_ts text,
  request_id text,
  session_id text,
  rule text,
  result text not null,
  prev text not null,
  hash text not null
);
create index audit_by_time on audit (at);
create index audit_of_files on audit (kind, seq) where kind in ('policy', 'mapping');

-- Without a table of its own for the end of the audit, missing last entries would go unnoticed.
create table audit_end (
  is_only boolean primary key default true check (is_only),
  seq bigint not null,
  hash text not null
);

-- What is hashed is JSON without spaces, with the keys in this order; trust/audit/ computes it again.
create function audit_hash(entry audit) returns text language sql stable as $body$
  select encode(sha256(convert_to(row_to_json(entries)::text, 'UTF8')), 'hex') from (
    select entry.seq, to_char(entry.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at, entry.kind,
      entry.user_id, entry.devin_user_id, entry.channel_id, entry.message_ts, entry.request_id, entry.session_id,
      entry.rule, entry.result, entry.prev) as entries
$body$;

-- One statement for all entries of a transaction. The lock is held until the commit, so that no two entries follow the same
-- one; each query in the function sees what was committed while it waited.
create function append_audit(entries json) returns void language plpgsql volatile as $body$
  declare
    item json;
    entry audit;
    last audit_end;
  begin
    perform pg_advisory_xact_lock(hashtextextended('audit', 0));
    select * into last from audit_end;
    for item in select value from json_array_elements(entries) loop
      entry := json_populate_record(null::audit, item);
      entry.seq := coalesce(last.seq, 0) + 1;
      entry.at := date_trunc('milliseconds', clock_timestamp());
      entry.prev := coalesce(last.hash, repeat('0', 64));
      entry.hash := audit_hash(entry);
      insert into audit values (entry.*);
      last.seq := entry.seq;
      last.hash := entry.hash;
    end loop;
    insert into audit_end (seq, hash) values (last.seq, last.hash)
      on conflict (is_only) do update set seq = excluded.seq, hash = excluded.hash;
  end
$body$;

create function refuse_audit_change() returns trigger language plpgsql as $body$
  begin
    raise exception 'the audit is append-only';
  end
$body$;
create trigger audit_is_append_only before update or delete or truncate on audit
  for each statement execute function refuse_audit_change();
`;

/** Written to the database as the comment of this table; a database with another one belongs to another version. */
const MARKER = createHash('sha256').update(`${FORMAT}${SCHEMA}`).digest('hex');
const MARKED = 'session_requests';

/** One statement, so that nothing is changed if it fails. Replicas that start at once wait for one another. */
const CREATE = `do $schema$ begin
  perform pg_advisory_xact_lock(hashtextextended('schema', 0));
  if to_regclass('${MARKED}') is null then
    ${SCHEMA}
    comment on table ${MARKED} is '${MARKER}';
  end if;
end $schema$`;

/** Makes what the app needs in an empty database. Changes nothing in another, which is refused unless it fits. */
export async function prepareSchema(db: Kysely<Tables>): Promise<void> {
  try {
    await sql.raw(CREATE).execute(db);
  } catch (error) {
    throw codeOf(error) === DUPLICATE_TABLE ? ofOtherVersion() : orForbidden(error);
  }
  await hasSchema(db);
}

/** False: the database is empty. Rejects with an `OperatorError` if it doesn't fit. */
export async function hasSchema(db: Kysely<Tables>): Promise<boolean> {
  const { rows } = await sql<{ exists: boolean; marker: string | null }>`
    select named is not null as exists, obj_description(named, 'pg_class') as marker
    from to_regclass(${MARKED}) as named`.execute(db);
  const [found] = rows;
  if (found?.exists !== true) return false;
  if (found.marker !== MARKER) throw ofOtherVersion();
  return true;
}

function ofOtherVersion(): OperatorError {
  return new OperatorError('database-version', ({ store }) => store.otherVersion);
}
