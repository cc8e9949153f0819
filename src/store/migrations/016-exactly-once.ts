import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Leases get numbers, and each post to Slack a row from its first attempt on. */
export const exactlyOnce: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`create sequence lease_numbers`.execute(db);
    await sql`alter table leases add column number bigint not null default 0`.execute(db);
    await db.schema
      .createTable('posts')
      .addColumn('key', 'text', (column) => column.primaryKey())
      .addColumn('channel_id', 'text', (column) => column.notNull())
      .addColumn('thread_ts', 'text')
      .addColumn('first_ts', 'text')
      .addColumn('last_ts', 'text')
      .addColumn('posted_ts', 'text')
      .addColumn('at', 'timestamptz', (column) => column.notNull().defaultTo(sql`now()`))
      .execute();
    await sql`create index posts_at on posts (at)`.execute(db);
    // What was attempted before has no time at Slack.
    await sql`
      insert into posts (key, channel_id, thread_ts)
      select 'card:' || id, coalesce(card_channel_id, channel_id), thread_ts from session_requests
      where card_attempted_at is not null and card_ts is null and card_elsewhere is null
      union all
      select 'message:' || session_id || ':' || event_id || ':0', channel_id, thread_ts
      from session_messages join sessions using (session_id)
      where attempted_at is not null and state = 'pending'
      union all
      select 'milestone:' || session_id || ':' || key, channel_id, thread_ts
      from milestones join sessions using (session_id)
      where attempted_at is not null and state = 'pending' and not direct`.execute(db);
  },
};
