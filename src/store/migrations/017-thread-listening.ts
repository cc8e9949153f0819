import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Since when a reply waits, who muted a thread, what goes to Devin there, and what people were told in it. */
export const threadListening: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`alter table replies add column waits_since timestamptz`.execute(db);
    await sql`alter table sessions add column muted_by text, add column listen text`.execute(db);
    await db.schema
      .createTable('thread_notices')
      .addColumn('session_id', 'text', (column) => column.notNull())
      .addColumn('user_id', 'text', (column) => column.notNull())
      .addColumn('reason', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('thread_notices_pk', ['session_id', 'user_id', 'reason'])
      .execute();
  },
};
