import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** As whom a session was asked for whose answer was lost: the person may be linked to another member since. */
export const lostIdentities: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`alter table lost_answers add column identity jsonb`.execute(db);
    await sql`
      update lost_answers set identity = request.identity
      from session_requests request where request.id = lost_answers.request_id`.execute(db);
  },
};
