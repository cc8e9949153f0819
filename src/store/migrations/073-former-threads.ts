import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** A card that was deleted is posted again. The replies under it are still there, and so are the people who write them. */
export const formerThreads: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`alter table sessions add column former_thread_ts text`.execute(db);
    await sql`create index sessions_former_thread on sessions (channel_id, former_thread_ts)
      where former_thread_ts is not null`.execute(db);
  },
};
