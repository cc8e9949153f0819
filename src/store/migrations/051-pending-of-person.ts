import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** What waits for an approval counts as open, too. */
export const pendingOfPerson: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`drop index session_requests_open_of_person`.execute(db);
    await sql`create index session_requests_pending_of_person on session_requests (team_id, user_id)
      where state in ('accepted', 'identified', 'carded', 'attached', 'sending', 'awaiting-approval')`.execute(
      db,
    );
  },
};
