import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** When the text of a session or a request was removed, and by which index those are found whose text is old. */
export const retention: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`alter table sessions add column text_removed_at timestamptz`.execute(db);
    await sql`alter table session_requests add column text_removed_at timestamptz`.execute(db);
    await sql`create index sessions_with_text on sessions (changed_at)
      where text_removed_at is null and phase in ('finished', 'asleep', 'capped', 'failed', 'ended', 'gone')`.execute(
      db,
    );
    await sql`create index session_requests_with_text on session_requests (updated_at)
      where text_removed_at is null and session_id is null and state in ('refused', 'failed', 'unknown')`.execute(
      db,
    );
  },
};
