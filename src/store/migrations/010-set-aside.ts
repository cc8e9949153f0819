import { sql, type Kysely } from 'kysely';

/** What failed again and again, and no longer holds up anything else. */
export const setAside = {
  async up(db: Kysely<never>): Promise<void> {
    await sql`
      create table set_aside (
        kind text not null,
        id text not null,
        failures integer not null default 1,
        reason text not null,
        failed_at timestamptz not null default now(),
        primary key (kind, id)
      )`.execute(db);
  },
};
