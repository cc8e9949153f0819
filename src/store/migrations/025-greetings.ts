import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Channels the app was invited to, each of which it greets once. */
export const greetings: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`
      create table greetings (
        team_id text not null,
        channel_id text not null,
        invited_at timestamptz not null default now(),
        greeted_at timestamptz,
        primary key (team_id, channel_id)
      )`.execute(db);
  },
};
