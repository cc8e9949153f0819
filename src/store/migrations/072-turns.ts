import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/**
 * Cards and messages wait for their turns in one way. The release before this one still uses `edit_budgets`, `post_pauses`
 * and what requests say about turns: those can go in the next. What waits needn't survive a crash of the database.
 */
export const turns: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`create table paces (
      place text primary key, next_at timestamptz not null, served float8 not null)`.execute(db);
    await sql`create unlogged table turns (
      place text not null, key text not null, rank int not null, tag float8 not null, again_at timestamptz not null,
      primary key (place, key))`.execute(db);
  },
};
