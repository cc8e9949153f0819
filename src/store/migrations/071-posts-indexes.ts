import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/**
 * Messages about a request's outcome are looked up each time it has one. Cards that are being posted are found among
 * the posts of the last minutes, which are few: those need no index by channel.
 */
export const postsIndexes: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`drop index posts_channel`.execute(db);
    await sql`create index posts_outcome on posts (split_part(key, ':', 2))
      where starts_with(key, 'outcome:')`.execute(db);
  },
};
