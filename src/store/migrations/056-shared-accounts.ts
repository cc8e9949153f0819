import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Members hear once that the identity file shares their account. */
export const sharedAccounts: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('shared_accounts')
      .addColumn('team_id', 'text', (column) => column.notNull())
      .addColumn('user_id', 'text', (column) => column.notNull())
      .addColumn('devin_user_id', 'text', (column) => column.notNull())
      .addColumn('told_at', 'timestamptz', (column) => column.notNull().defaultTo(sql`now()`))
      .addPrimaryKeyConstraint('shared_accounts_pk', ['team_id', 'user_id', 'devin_user_id'])
      .execute();
  },
};
