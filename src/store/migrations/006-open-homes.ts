import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Whose Home was opened when: Slack does not say when it is closed. */
export const openHomes: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`
      create table homes (
        team_id text not null,
        user_id text not null,
        channel_id text not null,
        opened_at timestamptz not null,
        primary key (team_id, user_id)
      )`.execute(db);
  },
};
