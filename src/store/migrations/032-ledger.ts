import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** What sessions may use and have used, a row for each creation that was, or may have been, sent. */
export const ledger: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`
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
      )`.execute(db);
    // Every start adds up what counts in its day and month.
    await sql`create index ledger_at on ledger (at) include (counted)`.execute(db);
    await sql`create index ledger_of_person on ledger (team_id, user_id, at) include (counted)`.execute(db);
    await sql`create index ledger_of_channel on ledger (team_id, channel_id, at) include (counted)`.execute(
      db,
    );
    await sql`create index ledger_of_request on ledger (request_id)`.execute(db);
    await sql`create unique index ledger_session on ledger (session_id)`.execute(db);
    await sql`
      insert into ledger (request_id, session_id, team_id, user_id, channel_id, at, cap, consumed, is_open)
      select r.id, s.session_id, r.team_id, r.user_id, r.channel_id, s.created_at,
        (r.draft #>> '{values,max_acu_limit}')::integer,
        coalesce((s.response ->> 'acus_consumed')::double precision, 0),
        s.phase not in ('finished', 'asleep', 'capped', 'failed', 'ended', 'gone')
      from sessions s join session_requests r on r.id = s.request_id
      where r.source <> 'follow'`.execute(db);
  },
};
