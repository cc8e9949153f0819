import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Cards wait in one line for their turn, and a request no longer waits for its card. */
export const cardLine: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`
      alter table session_requests
        add column card_class smallint not null default 3,
        add column card_due_at timestamptz,
        add column card_prepaid boolean not null default false,
        drop column card_turn_at`.execute(db);
    await sql`drop index session_requests_card_stale`.execute(db);
    await sql`create index session_requests_card_line on session_requests (team_id, card_class, card_due_at)
      where card_stale`.execute(db);
    await sql`update session_requests set state = 'identified' where state = 'carded'`.execute(db);
    await sql`drop index session_requests_open`.execute(db);
    await sql`create index session_requests_open on session_requests (updated_at)
      where state in ('accepted', 'identified', 'attached', 'sending')`.execute(db);
    // A moment that is further away than it can be was written before the clock was set back: it is over.
    await sql`
      create function ms_until(moment timestamptz, present timestamptz, furthest float8) returns float8 language sql immutable as $$
        select case when moment is null or moment <= present or extract(epoch from moment - present) * 1000 > furthest then 0
               else extract(epoch from moment - present) * 1000 end
      $$`.execute(db);
    await sql`alter table edit_budgets add column paused_until timestamptz`.execute(db);
    await db.schema
      .createTable('post_pauses')
      .addColumn('channel_id', 'text', (column) => column.primaryKey())
      .addColumn('until', 'timestamptz', (column) => column.notNull())
      .execute();
  },
};
