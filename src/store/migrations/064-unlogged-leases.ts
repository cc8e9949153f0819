import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/**
 * Leases don't outlive a crash of the database, so they needn't reach the disk. Their holders notice: the next fenced
 * write finds no lease. The numbers do reach it: none may come twice.
 */
export const unloggedLeases: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`alter table leases set unlogged`.execute(db);
  },
};
