import type { RawBuilder, Transaction } from 'kysely';
import { LeaseLostError, type Lease } from '../queue/index.ts';
import { isInFlight, type Showing, type ShownMessage } from '../store/shown.ts';
import type { Store, Tables } from '../store/store.ts';
import type { TurnClass } from '../store/turns.ts';
import { slackFailure, type SlackFailure } from './edge/errors.ts';
import type { Mark } from './edge/metadata.ts';
import type { CardPlace, Outbound } from './edge/outbound.ts';
import type { Rendered } from './views/objects.ts';

export type PostContext = {
  store: Pick<Store, 'db' | 'shown' | 'turns'>;
  slack: { outbound: Pick<Outbound, 'post' | 'find' | 'slackTs'> };
  /** From when on the database knows what was posted. */
  knownSince: () => Date;
  /** `inFlightMs`: how long Slack may take to post what a process sent before it died. */
  tuning: { inFlightMs: number };
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

/**
 * Posts a message to Slack once: an attempt is on disk before it is made, and as long as its outcome isn't known, it is
 * searched for where it was made before the next attempt. Throws a LeaseLostError.
 */
export async function postOnce(c: PostContext, post: Post): Promise<PostedOnce> {
  const rendered = await post.render();
  const attempt = attemptOf(post.before);
  const sought = attempt ?? forgottenAttempt(post, c.knownSince());
  if (sought !== null) {
    const found = await findAttempt(c, sought, post.mark);
    if (found !== null) return found.kind === 'posted' ? record(c, post, found) : found;
    if (isInFlight(sought, c.tuning.inFlightMs)) return { kind: 'unclear' };
  }
  return postNow(c, { ...post, isFirst: attempt === null }, rendered);
}

type FreshPost = Post & { isFirst: boolean };

async function postNow(c: PostContext, post: FreshPost, rendered: Rendered): Promise<PostedOnce> {
  const { key, place, mark, turnClass, isFirst } = post;
  const { turns } = c.store;
  const turn = { key, of: 'posts', place: place.channelId, turnClass } as const;
  if (!(await begin(c, post, turns.isCalm(place.channelId)))) {
    const retryAfterMs = await turns.take(turn);
    if (retryAfterMs > 0) return { kind: 'rate-limited', retryAfterMs };
    // Another process may have attempted it meanwhile: the lease may have been taken only now.
    if (!(await begin(c, post))) throw new LeaseLostError(key);
  }
  const answer = await c.slack.outbound.post(place, mark, rendered);
  if (answer.kind === 'posted') return record(c, post, { ...answer, earlier: false });
  const retryAfterMs = answer.kind === 'rate-limited' ? await turns.refused(turn, answer.retryAfterMs) : null;
  await c.store.db.transaction().execute(async (trx) => {
    await post.lease.end(trx);
    if (answer.kind !== 'unclear' && isFirst) await c.store.shown.withdraw(key, trx);
  });
  return retryAfterMs === null ? answer : { kind: 'rate-limited', retryAfterMs };
}

/** The call to Slack follows at once, so the lease is still held then. False: not now. */
async function begin(
  { store: { db, shown }, slack: { outbound } }: PostContext,
  { key, place, lease, isFirst }: FreshPost,
  onlyIf?: RawBuilder<boolean>,
): Promise<boolean> {
  const attempt = { key, ...place, slackTs: outbound.slackTs(), isFirst, ...(onlyIf && { onlyIf }) };
  const isBegun = await db.transaction().execute(async (trx) => {
    await lease.fence(trx);
    return shown.attempt(attempt, trx);
  });
  lease.assertFresh();
  return isBegun;
}

async function record(
  { store: { db, shown } }: PostContext,
  { key, place, lease, onPosted, showing }: Post,
  posted: PostedAt,
): Promise<PostedAt> {
  const shows = posted.earlier ? { ...showing, fingerprint: null } : showing;
  await db.transaction().execute(async (trx) => {
    // Locks what it changes before the lease, as everywhere.
    await onPosted(posted, trx);
    await lease.end(trx);
    await shown.posted({ key, ...place, ts: posted.ts }, shows, trx);
  });
  return posted;
}

type Attempted = CardPlace & Pick<ShownMessage, 'firstTs' | 'lastTs' | 'triedMsAgo'>;

/** null: there was none. */
function attemptOf(row: ShownMessage | null): Attempted | null {
  if (row === null || row.channelId === null) return null;
  return { ...row, channelId: row.channelId };
}

/** Long over. */
function forgottenAttempt({ since, place }: Post, knownSince: Date): Attempted | null {
  if (since === undefined || since >= knownSince) return null;
  return { ...place, firstTs: (since.getTime() / 1000).toFixed(6), lastTs: null, triedMsAgo: Infinity };
}

/** null: it is not there. */
async function findAttempt(
  { slack: { outbound } }: PostContext,
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
