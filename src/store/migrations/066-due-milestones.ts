import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** From when on a milestone may be announced: Devin's words about it go first. */
export const dueMilestones: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`alter table milestones add column due_at timestamptz not null default now()`.execute(db);
  },
};
