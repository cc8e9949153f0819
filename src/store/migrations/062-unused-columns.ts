import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/**
 * Drops columns that no released statement names. `leases.owner` is still written by the release before this one: it
 * can go in the next.
 */
export const unusedColumns: Migration = {
  async up(db: Kysely<unknown>) {
    // The index on requests that were held goes with `lease_owner`.
    await sql`
      alter table session_requests
        drop column card_attempted_at,
        drop column lease_owner,
        drop column lease_until`.execute(db);
    await sql`alter table greetings drop column invited_at`.execute(db);
    await sql`alter table leases alter column owner set default ''`.execute(db);
  },
};
