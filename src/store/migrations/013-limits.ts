import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** What is open of a person, and what they started in the last hour, is counted before each start. */
export const limits: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`create index session_requests_open_of_person on session_requests (team_id, user_id)
      where state in ('accepted', 'identified', 'carded', 'attached', 'sending')`.execute(db);
    await sql`create index session_requests_asked_by_person on session_requests
      (team_id, user_id, (coalesce(resumed_at, created_at)))`.execute(db);
    await sql`create index sessions_going_on on sessions (request_id)
      where phase in ('queued', 'starting', 'working', 'needs-you', 'needs-approval', 'unknown', 'other')`.execute(
      db,
    );
  },
};
