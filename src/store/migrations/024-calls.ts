import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Which message of Devin a call is about, where the call is, and whether its question was answered. */
export const calls: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`
      alter table milestones
        add column event_id text,
        add column in_message boolean not null default false,
        add column channel_id text,
        add column slack_ts text,
        add column answered boolean not null default false`.execute(db);
  },
};
