import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Of which ceilings owners were told, and when. */
export const budgetAlerts: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`
      create table budget_alerts (
        name text primary key,
        at timestamptz not null default now()
      )`.execute(db);
  },
};
