import { sql, type Generated, type Kysely, type RawBuilder } from 'kysely';
import { z } from 'zod';
import { hasRow, readFirst, type Columns } from './sql.ts';
import type { Db, Tables } from './tables.ts';

const postSchema = z.object({
  key: z.string(),
  channelId: z.string(),
  threadTs: z.string().nullable(),
  /** When it was first and last attempted, by Slack's clock; null: unknown. */
  firstTs: z.string().nullable(),
  lastTs: z.string().nullable(),
  /** Slack has it. null: Slack's answer was lost, or hasn't arrived. */
  postedTs: z.string().nullable(),
});
/** A message to Slack that was attempted. */
export type PostRow = z.infer<typeof postSchema>;
const foundSchema = postSchema.extend({
  /** How long ago it was last attempted. */
  triedMsAgo: z.number(),
});
type FoundPost = z.infer<typeof foundSchema>;
/** Whether Slack may still post what was sent. A time in the future is from before the clock was set back. */
export function isInFlight({ triedMsAgo }: FoundPost, inFlightMs: number): boolean {
  return Math.abs(triedMsAgo) < inFlightMs;
}

/** A message that Slack has. */
export type PostedRow = { key: string; channelId: string; postedTs: string };

/** Kept for a day after the last attempt. */
export type PostsTable = Columns<PostRow> & { at: Generated<Date> };

/** The key of a request's card. */
export const cardPost = (requestId: string): string => `card:${requestId}`;
/** What the keys of the messages about a request's outcome begin with. */
export const outcomePosts = (requestId: string): string => `outcome:${requestId}:`;

type Attempt = {
  key: string;
  channelId: string;
  threadTs: string | null;
  slackTs: string | null;
  isFirst: boolean;
  onlyIf?: RawBuilder<boolean>;
};

/** A card that isn't recorded after this was never posted. */
const PLACING = sql`interval '10 minutes'`;

export type Posts = ReturnType<typeof createPosts>;

export function createPosts(db: Kysely<Tables>) {
  return {
    async find(key: string): Promise<FoundPost | null> {
      const triedMsAgo = sql<number>`1000 * extract(epoch from now() - at)::float8`.as('triedMsAgo');
      const post = db.selectFrom('posts').where('key', '=', key);
      return readFirst(foundSchema, post.selectAll().select(triedMsAgo));
    },

    /** The messages about a request's outcome that Slack has. */
    async outcomesOf(requestId: string): Promise<PostedRow[]> {
      // Word for word as in the index, or that isn't used.
      const isOutcome = sql<boolean>`starts_with(key, 'outcome:') and split_part(key, ':', 2) = ${requestId}`;
      return db
        .selectFrom('posts')
        .select(['key', 'channelId', 'postedTs'])
        .where(isOutcome)
        .where('postedTs', 'is not', null)
        .$narrowType<{ postedTs: string }>()
        .execute();
    },

    /** False: posted meanwhile, or not `onlyIf`; for a first attempt also: attempted meanwhile. */
    async attempt(attempt: Attempt, trx: Db): Promise<boolean> {
      const { key, channelId, threadTs, slackTs, isFirst, onlyIf = sql<boolean>`true` } = attempt;
      const { rows } = await sql`
        insert into posts (key, channel_id, thread_ts, first_ts, last_ts)
        select ${key}::text, ${channelId}::text, ${threadTs}::text, ${slackTs}::text, ${slackTs}::text where ${onlyIf}
        on conflict (key) do update set channel_id = excluded.channel_id, thread_ts = excluded.thread_ts,
          last_ts = excluded.last_ts, at = now()
          where posts.posted_ts is null and not ${isFirst}::boolean
        returning key`.execute(trx);
      return rows.length > 0;
    },

    async posted(key: string, ts: string, trx: Db): Promise<void> {
      await trx
        .updateTable('posts')
        .set({ postedTs: ts, at: sql<Date>`now()` })
        .where('key', '=', key)
        .execute();
    },

    /** Whether this conversation may have a card that isn't recorded yet: Slack's answer can be late, or lost. */
    async isPlacingCard(channelId: string): Promise<boolean> {
      const placing = db
        .selectFrom('posts')
        .innerJoin('sessionRequests as request', (join) =>
          // By the request's id, which has an index.
          join.on('request.id', '=', sql<string>`substr(posts.key, ${sql.lit(cardPost('').length + 1)})`),
        )
        .select('posts.key')
        .where('posts.channelId', '=', channelId)
        .where('posts.at', '>', sql<Date>`now() - ${PLACING}`)
        .where('request.cardTs', 'is', null)
        .limit(1);
      return hasRow(placing);
    },

    /** Slack certainly doesn't have it. */
    async forget(key: string, trx: Db = db): Promise<void> {
      await trx.deleteFrom('posts').where('key', '=', key).execute();
    },
  };
}
