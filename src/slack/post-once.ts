import type { Kysely, RawBuilder, Transaction } from 'kysely';
import { LeaseLostError, type Lease } from '../queue/index.ts';
import { isInFlight, type Showing, type ShownMessage, type ShownMessages } from '../store/shown.ts';
import type { Tables } from '../store/store.ts';
import type { TurnClass, Turns } from '../store/turns.ts';
import { slackFailure, type SlackFailure } from './edge/errors.ts';
import type { Mark } from './edge/metadata.ts';
import type { CardPlace, Outbound } from './edge/outbound.ts';
import type { Rendered } from './views/objects.ts';

type PostOnceDeps = {
  db: Kysely<Tables>;
  shown: ShownMessages;
  turns: Turns;
  outbound: Pick<Outbound, 'post' | 'find' | 'slackTs'>;
  /** From when on the database knows what was posted. */
  knownSince: () => Date;
  /** How long Slack may take to post what a process sent before it died, in ms. */
  inFlightMs: number;
};

type Post = {
  /** Names the message among all; its attempts are kept under it. */
  key: string;
  /** The message as the database has it; null: it was never attempted. */
  before: ShownMessage | null;
  place: CardPlace;
  /** What the message carries, and is found by. */
  mark: Mark;
  render: () => Promise<Rendered>;
  /** How soon it is posted in a channel for which Slack is too busy. */
  turnClass: TurnClass;
  /**
   * Since when there is a reason to post it. If that's before `knownSince`, it is searched for: a database that was
   * restored from a backup doesn't know what was posted after it.
   */
  since?: Date | undefined;
  /** What it shows once it is posted. Nothing more is written under the lease. */
  showing: Showing;
  /** Called in the transaction that records where it is. */
  onPosted: (posted: PostedAt, trx: Transaction<Tables>) => Promise<void>;
  lease: Lease;
};

/** `earlier`: an earlier attempt, or another process, posted it, and may have shown something else. */
type PostedAt = { kind: 'posted'; ts: string; earlier: boolean };
type PostedOnce = PostedAt | SlackFailure;

/** Throws a LeaseLostError. */
export type PostOnce = (post: Post) => Promise<PostedOnce>;

/**
 * Posts a message to Slack once: an attempt is on disk before it is made, and as long as its outcome isn't known, it is
 * searched for where it was made before the next attempt.
 */
export function createPostOnce(deps: PostOnceDeps): PostOnce {
  const { db, shown, turns, outbound } = deps;

  /** The call to Slack follows at once, so the lease is still held then. False: not now. */
  async function begin(post: Post, isFirst: boolean, onlyIf?: RawBuilder<boolean>): Promise<boolean> {
    const { key, place, lease } = post;
    const attempt = { key, ...place, slackTs: outbound.slackTs(), isFirst, ...(onlyIf && { onlyIf }) };
    const isBegun = await db.transaction().execute(async (trx) => {
      await lease.fence(trx);
      return shown.attempt(attempt, trx);
    });
    lease.assertFresh();
    return isBegun;
  }

  async function record(post: Post, posted: PostedOnce, isFirst: boolean): Promise<PostedOnce> {
    const { key, place, lease, onPosted, showing } = post;
    await db.transaction().execute(async (trx) => {
      // Locks what it changes before the lease, as everywhere.
      if (posted.kind === 'posted') await onPosted(posted, trx);
      await lease.end(trx);
      if (posted.kind === 'posted') {
        const shows = posted.earlier ? { ...showing, fingerprint: null } : showing;
        await shown.posted({ key, ...place, ts: posted.ts }, shows, trx);
      } else if (posted.kind !== 'unclear' && isFirst) await shown.withdraw(key, trx);
    });
    return posted;
  }

  async function postNow(post: Post, rendered: Rendered, isFirst: boolean): Promise<PostedOnce> {
    const { key, place, mark, turnClass } = post;
    const turn = { key, of: 'posts', place: place.channelId, turnClass } as const;
    if (!(await begin(post, isFirst, turns.isCalm(place.channelId)))) {
      const retryAfterMs = await turns.take(turn);
      if (retryAfterMs > 0) return { kind: 'rate-limited', retryAfterMs };
      // Another process may have attempted it meanwhile: the lease may have been taken only now.
      if (!(await begin(post, isFirst))) throw new LeaseLostError(key);
    }
    const answer = await outbound.post(place, mark, rendered);
    if (answer.kind === 'posted') return record(post, { ...answer, earlier: false }, isFirst);
    if (answer.kind !== 'rate-limited') return record(post, answer, isFirst);
    const retryAfterMs = await turns.refused(turn, answer.retryAfterMs);
    return record(post, { ...answer, retryAfterMs }, isFirst);
  }

  return async (post) => {
    const rendered = await post.render();
    const attempt = attemptOf(post.before);
    const sought = attempt ?? forgottenAttempt(post, deps.knownSince);
    if (sought !== null) {
      const found = await findAttempt(deps, sought, post.mark);
      if (found !== null) return found.kind === 'posted' ? record(post, found, false) : found;
      if (isInFlight(sought, deps.inFlightMs)) return { kind: 'unclear' };
    }
    return postNow(post, rendered, attempt === null);
  };
}

type Attempted = CardPlace & Pick<ShownMessage, 'firstTs' | 'lastTs' | 'triedMsAgo'>;

/** null: there was none. */
function attemptOf(row: ShownMessage | null): Attempted | null {
  if (row === null || row.channelId === null) return null;
  return { ...row, channelId: row.channelId };
}

/** Long over. */
function forgottenAttempt({ since, place }: Post, knownSince: () => Date): Attempted | null {
  if (since === undefined || since >= knownSince()) return null;
  return { ...place, firstTs: (since.getTime() / 1000).toFixed(6), lastTs: null, triedMsAgo: Infinity };
}

/** null: it is not there. */
async function findAttempt(
  { outbound }: Pick<PostOnceDeps, 'outbound'>,
  { firstTs: first, lastTs: last, ...place }: Attempted,
  { blockId }: Mark,
): Promise<PostedOnce | null> {
  try {
    const ts = await outbound.find(place, { blockId, first, last });
    return ts === null ? null : { kind: 'posted', ts, earlier: true };
  } catch (error) {
    const failure = slackFailure(error);
    // If the app can't read there, it can't have posted there.
    return failure.kind === 'refused' ? null : failure;
  }
}
