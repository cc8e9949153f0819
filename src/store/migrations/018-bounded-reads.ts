import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** What people list, and what the watcher asks for, is read from indexes, however many rows there are. */
export const boundedReads: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`create index session_requests_own on session_requests (team_id, user_id, created_at desc, id)
      where state <> 'refused'`.execute(db);
    await sql`create index session_requests_newest on session_requests (team_id, created_at desc, id)
      where state <> 'refused'`.execute(db);
    await sql`create index session_requests_waiting on session_requests (team_id, user_id)
      where state not in ('created', 'refused', 'failed')`.execute(db);
    await sql`create index session_requests_held on session_requests (id) where lease_owner is not null`.execute(
      db,
    );
    await sql`create index sessions_active on sessions (team_id, request_id)
      where phase not in ('finished', 'asleep', 'capped', 'failed', 'ended', 'gone')`.execute(db);
    await sql`
      alter table sessions
        add column watch_first boolean not null default true,
        add column touched_at timestamptz`.execute(db);
    await sql`
      update sessions set watch_first = false
      where phase in ('finished', 'asleep', 'capped', 'failed', 'ended', 'gone')`.execute(db);
    await sql`drop index sessions_due`.execute(db);
    await sql`create index sessions_due_first on sessions (next_look_at)
      where watch_first and next_look_at is not null`.execute(db);
    await sql`create index sessions_due_later on sessions (next_look_at)
      where not watch_first and next_look_at is not null`.execute(db);
  },
};
