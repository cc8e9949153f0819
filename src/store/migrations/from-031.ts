import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import { statements } from './statements.ts';

export const from031: Record<string, Migration> = {
  /** Whether a session's card is the one that says how its thread works. */
  '031-introduced-threads': statements(
    sql`alter table sessions add column introduces_thread boolean not null default false`,
  ),
  /** What sessions may use and have used, a row for each creation that was, or may have been, sent. */
  '032-ledger': statements(
    sql`
      create table ledger (
        id bigint generated always as identity primary key,
        request_id text not null,
        session_id text,
        team_id text not null,
        user_id text,
        channel_id text,
        at timestamptz not null,
        cap integer,
        consumed double precision not null default 0,
        is_open boolean not null default true,
        counted double precision not null generated always as (
          case when is_open then greatest(coalesce(cap, 0), consumed) else consumed end) stored
      )`,
    // Every start adds up what counts in its day and month.
    sql`create index ledger_at on ledger (at) include (counted)`,
    sql`create index ledger_of_person on ledger (team_id, user_id, at) include (counted)`,
    sql`create index ledger_of_channel on ledger (team_id, channel_id, at) include (counted)`,
    sql`create index ledger_of_request on ledger (request_id)`,
    sql`create unique index ledger_session on ledger (session_id)`,
    sql`
      insert into ledger (request_id, session_id, team_id, user_id, channel_id, at, cap, consumed, is_open)
      select r.id, s.session_id, r.team_id, r.user_id, r.channel_id, s.created_at,
        (r.draft #>> '{values,max_acu_limit}')::integer,
        coalesce((s.response ->> 'acus_consumed')::double precision, 0),
        s.phase not in ('finished', 'asleep', 'capped', 'failed', 'ended', 'gone')
      from sessions s join session_requests r on r.id = s.request_id
      where r.source <> 'follow'`,
  ),
  /** Of which ceilings owners were told, and when. */
  '033-budget-alerts': statements(
    sql`
      create table budget_alerts (
        name text primary key,
        at timestamptz not null default now()
      )`,
  ),
  /**
   * Who did what, as whom, with what result; each entry holds the hash of the one before. What is hashed is JSON without
   * spaces, with the keys in this order and without `hash`; trust/export.ts computes it again.
   */
  '037-audit': statements(
    sql`create table audit (
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
      hash text not null)`,
    sql`create index audit_by_time on audit (at)`,
    sql`create index audit_of_files on audit (kind, seq) where kind in ('policy', 'mapping')`,
    sql`create function audit_hash(entry audit) returns text language sql stable as $body$
    select encode(sha256(convert_to(row_to_json(entries)::text, 'UTF8')), 'hex') from (
      select entry.seq, to_char(entry.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at, entry.kind,
        entry.user_id, entry.devin_user_id, entry.channel_id, entry.message_ts, entry.request_id, entry.session_id,
        entry.rule, entry.result, entry.prev) as entries
  $body$`,
    // One statement for all entries of a transaction. The lock is held until the commit, so that no two entries follow
    // the same one; each query in the function sees what was committed while it waited.
    sql`create function append_audit(entries json) returns void language plpgsql volatile as $body$
    declare
      item json;
      entry audit;
      last audit;
    begin
      perform pg_advisory_xact_lock(hashtextextended('audit', 0));
      select * into last from audit order by seq desc limit 1;
      for item in select value from json_array_elements(entries) loop
        entry := json_populate_record(null::audit, item);
        entry.seq := coalesce(last.seq, 0) + 1;
        entry.at := date_trunc('milliseconds', clock_timestamp());
        entry.prev := coalesce(last.hash, repeat('0', 64));
        entry.hash := audit_hash(entry);
        insert into audit values (entry.*);
        last := entry;
      end loop;
    end
  $body$`,
    sql`create function refuse_audit_change() returns trigger language plpgsql as $body$
    begin
      raise exception 'the audit is append-only';
    end
  $body$`,
    sql`create trigger audit_is_append_only before update or delete or truncate on audit
    for each statement execute function refuse_audit_change()`,
  ),
  /** The rule of the policy under which a request was sent. */
  '038-deciding-rule': statements(sql`alter table session_requests add column rule text`),
  /** What a request waits to have approved, what was approved, and the messages that ask. */
  '042-approvals': {
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
  },
  /** The request, and which of its approvals, that a changed one makes unneeded. */
  '043-replacing-requests': statements(sql`alter table session_requests add column replaces jsonb`),
  /** What waits for an approval counts as open, too. */
  '051-pending-of-person': statements(
    sql`drop index session_requests_open_of_person`,
    sql`create index session_requests_pending_of_person on session_requests (team_id, user_id)
      where state in ('accepted', 'identified', 'carded', 'attached', 'sending', 'awaiting-approval')`,
  ),
  /** What waits for a person's approval is listed in their Home. */
  '055-approvals-of-person': statements(
    sql`create index approval_messages_of_person on approval_messages (user_id)`,
  ),
  /** Members hear once that the identity file shares their account. */
  '056-shared-accounts': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('shared_accounts')
        .addColumn('team_id', 'text', (column) => column.notNull())
        .addColumn('user_id', 'text', (column) => column.notNull())
        .addColumn('devin_user_id', 'text', (column) => column.notNull())
        .addColumn('told_at', 'timestamptz', (column) => column.notNull().defaultTo(sql`now()`))
        .addPrimaryKeyConstraint('shared_accounts_pk', ['team_id', 'user_id', 'devin_user_id'])
        .execute();
    },
  },
  /**
   * Drops columns that no released statement names. `leases.owner` is still written by the release before this one: it
   * can go in the next.
   */
  '062-unused-columns': statements(
    // The index on requests that were held goes with `lease_owner`.
    sql`
      alter table session_requests
        drop column card_attempted_at,
        drop column lease_owner,
        drop column lease_until`,
    sql`alter table greetings drop column invited_at`,
    sql`alter table leases alter column owner set default ''`,
  ),
  /** What a person asked for, and where, as a hash: the same again is found without comparing tasks. */
  '063-twin-key': statements(sql`alter table session_requests add column twin_key text`),
  /**
   * Leases don't outlive a crash of the database, so they needn't reach the disk. Their holders notice: the next fenced
   * write finds no lease. The numbers do reach it: none may come twice.
   */
  '064-unlogged-leases': statements(sql`alter table leases set unlogged`),
  /** Where the audit ends, in a table of its own: without it, missing last entries go unnoticed. */
  '065-audit-end': statements(
    sql`create table audit_end (
      is_only boolean primary key default true check (is_only),
      seq bigint not null,
      hash text not null)`,
    sql`insert into audit_end (seq, hash) select seq, hash from audit order by seq desc limit 1`,
    // As before, but the next entry follows the end that was noted, also if entries are missing there.
    sql`create or replace function append_audit(entries json) returns void language plpgsql volatile as $body$
    declare
      item json;
      entry audit;
      last audit_end;
    begin
      perform pg_advisory_xact_lock(hashtextextended('audit', 0));
      select * into last from audit_end;
      if not found then
        select true, seq, hash into last from audit order by seq desc limit 1;
      end if;
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
  $body$`,
  ),
  /** From when on a milestone may be announced: Devin's words about it go first. */
  '066-due-milestones': statements(
    sql`alter table milestones add column due_at timestamptz not null default now()`,
  ),
  /** What is pending is waiting, too: one index finds both, and each request is written to one index less. */
  '067-one-waiting-index': statements(sql`drop index session_requests_pending_of_person`),
  /** The view in which a form was sent: in another one, it asks first. */
  '068-sent-form': statements(sql`alter table forms add column sent_in text`),
  /** Where Devin's open questions were asked: looked up for each message to the app that mentions nobody. */
  '069-questions-by-channel': statements(
    sql`create index milestones_asked on milestones (channel_id)
      where not answered and key like 'needs-you:%'`,
  ),
  /** What waits for a person's approval is found among what waits for any, which is little. */
  '070-unused-index': statements(sql`drop index approval_messages_of_person`),
  /**
   * Messages about a request's outcome are looked up each time it has one. Cards that are being posted are found among
   * the posts of the last minutes, which are few: those need no index by channel.
   */
  '071-posts-indexes': statements(
    sql`drop index posts_channel`,
    sql`create index posts_outcome on posts (split_part(key, ':', 2))
      where starts_with(key, 'outcome:')`,
  ),
};
