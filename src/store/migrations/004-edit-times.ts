import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Which edit of a message a reply says, since edits may come late and more than once; and how replies, and milestones that wait, are looked for. */
export const editTimes: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`alter table replies add column edited_ts text`.execute(db);
    await db.schema
      .createIndex('replies_message')
      .on('replies')
      .columns(['channel_id', 'message_ts'])
      .execute();
    await sql`create index milestones_pending on milestones (created_at) where state = 'pending'`.execute(db);
    await db.schema.createIndex('replies_session').on('replies').column('session_id').execute();
  },
};
