import type { Kysely, RawBuilder, Transaction } from 'kysely';
import { slackFailure } from '../slack/errors.ts';
import type { SlackFailure } from '../slack/errors.ts';
import type { MessageMetadata } from '../slack/metadata.ts';
import type { Rendered } from '../slack/blocks/objects.ts';
import type { CardPlace, Outbound, Posted } from '../slack/outbound.ts';
import type { PostRow, Posts } from '../store/posts.ts';
import type { Tables } from '../store/tables.ts';
import { LeaseLostError } from './with-lease.ts';
import type { Lease } from './with-lease.ts';

type PostOnceDeps = {
  db: Kysely<Tables>;
  posts: Posts;
  outbound: Pick<Outbound, 'post' | 'find' | 'slackTs'>;
};

type Post = {
  /** Names the message among all; its attempts are kept under it. */
  key: string;
  place: CardPlace;
  /** What the message carries, and is found by. */
  metadata: MessageMetadata;
  render: () => Promise<Rendered>;
  /**
   * Posts without a search for an earlier attempt. Throws a LeaseLostError if this is false, or if there was one after all.
   * Nothing more is written under the lease.
   */
  newIf?: RawBuilder<boolean>;
  /** Called in the transaction that records where it is. */
  onPosted?: (posted: PostedAt, trx: Transaction<Tables>) => Promise<void>;
  lease: Lease;
};

/** `earlier`: an earlier attempt, or another process, posted it, and may have shown something else. */
type PostedAt = { kind: 'posted'; ts: string; earlier: boolean };
export type PostedOnce = PostedAt | SlackFailure;

/** Throws a LeaseLostError. */
export type PostOnce = (post: Post) => Promise<PostedOnce>;

/**
 * Posts a message to Slack once: the attempt is on disk before the message leaves, and while the end of an attempt is
 * not known, the place is looked through before the next. The place is the one of that attempt.
 */
export function createPostOnce(deps: PostOnceDeps): PostOnce {
  const { db, posts, outbound } = deps;

  /** What follows it is nothing but the call to Slack: the lease is held, and nothing was awaited since. */
  async function begin({ key, place, lease, newIf }: Post, isFirst: boolean): Promise<void> {
    const { channelId, threadTs } = place;
    await db.transaction().execute(async (trx) => {
      await lease.fence(trx);
      const attempt = { key, channelId, threadTs, slackTs: outbound.slackTs(), isFirst };
      // Under a lease that was only now taken, another process may have been here since the look for earlier attempts.
      if (!(await posts.attempt({ ...attempt, ...(newIf && { onlyIf: newIf }) }, trx)))
        throw new LeaseLostError(key);
    });
    lease.assertFresh();
  }

  async function record(post: Post, posted: PostedOnce, isFirst: boolean): Promise<PostedOnce> {
    const { key, lease, onPosted, newIf } = post;
    await db.transaction().execute(async (trx) => {
      // What else is recorded with it is locked first, as everywhere.
      if (posted.kind === 'posted') await onPosted?.(posted, trx);
      await (newIf === undefined ? lease.fence(trx) : lease.end(trx));
      if (posted.kind === 'posted') await posts.posted(key, posted.ts, trx);
      else if (posted.kind !== 'unclear' && isFirst) await posts.forget(key, trx);
    });
    return posted;
  }

  async function postNow(post: Post, rendered: Rendered, isFirst: boolean): Promise<PostedOnce> {
    await begin(post, isFirst);
    const posted = await outbound.post(post.place, post.metadata, rendered);
    return record(post, posted.kind === 'posted' ? { ...posted, earlier: false } : posted, isFirst);
  }

  return async (post) => {
    const earlier = post.newIf === undefined ? await posts.find(post.key) : null;
    if (earlier?.postedTs != null)
      return record(post, { kind: 'posted', ts: earlier.postedTs, earlier: true }, false);
    const rendered = await post.render();
    const found = earlier === null ? null : await findAttempt(deps, earlier, post.metadata);
    if (found === null) return postNow(post, rendered, earlier === null);
    if (found.kind !== 'posted') return found;
    return record(post, { ...found, earlier: true }, false);
  };
}

/** null: it is not there. */
async function findAttempt(
  { outbound }: Pick<PostOnceDeps, 'outbound'>,
  { channelId, threadTs, firstTs: first, lastTs: last }: PostRow,
  metadata: MessageMetadata,
): Promise<Posted | null> {
  const attempted = { first, last };
  try {
    const ts = await outbound.find({ channelId, threadTs }, metadata, attempted);
    return ts === null ? null : { kind: 'posted', ts };
  } catch (error) {
    const failure: SlackFailure = slackFailure(error);
    // Where the app may not read, it could not have posted.
    return failure.kind === 'refused' ? null : failure;
  }
}
