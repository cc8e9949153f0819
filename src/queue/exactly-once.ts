import type { Kysely, RawBuilder, Transaction } from 'kysely';
import type { Rendered } from '../slack/blocks/objects.ts';
import { slackFailure, type SlackFailure } from '../slack/errors.ts';
import type { MessageMetadata } from '../slack/metadata.ts';
import type { CardPlace, Outbound, Posted } from '../slack/outbound.ts';
import type { Leases } from '../store/leases.ts';
import { isInFlight, type PostRow, type Posts } from '../store/posts.ts';
import type { Tables } from '../store/tables.ts';
import { repeat } from '../time.ts';

/** How long a process that died keeps others from its work. */
export const LEASE_MS = 15_000;
/** How soon to retry if another process is doing the same. */
export const HELD_WAIT_MS = 1000;

/** Another process has taken over, and continues what this one began. */
class LeaseLostError extends Error {
  readonly code = 'lease-lost';

  constructor(name: string) {
    super(`another process has taken over "${name}"`);
    this.name = 'LeaseLostError';
  }
}

export type Lease = {
  /** Aborts when another process has taken over. */
  held: AbortSignal;
  /** Call it in each transaction that records what was done under the lease. Throws a LeaseLostError, which rolls that back. */
  fence: (trx: Transaction<Tables>) => Promise<void>;
  /** The same in the last of these transactions: once it commits, others can have the lease. */
  end: (trx: Transaction<Tables>) => Promise<void>;
  /** False if it wasn't renewed in time, as in a process that was frozen. Doesn't ask the database. */
  isFresh: () => boolean;
  /** Throws a LeaseLostError if it is not fresh. */
  assertFresh: () => void;
};

/** `busy`: another process has the lease, or has taken it over meanwhile. */
type Leased<T> = { kind: 'done'; result: T } | { kind: 'busy' };

/**
 * `late`: the lease is taken with the task's first write, which saves a write of its own. What comes before that must be
 * harmless in several processes.
 */
export type WithLease = <T>(
  name: string,
  task: (lease: Lease) => Promise<T>,
  options?: { late: boolean },
) => Promise<Leased<T>>;

/** When to run a job again, in ms: soon if another process works on the same; null: it's done. */
export async function soonIfBusy(leasing: Promise<Leased<number | null>>): Promise<number | null> {
  const leased = await leasing;
  return leased.kind === 'busy' ? HELD_WAIT_MS : leased.result;
}

type LeaseRows = Pick<Leases, 'take' | 'renew' | 'release'>;

/** One task at a time for each name, across all replicas. */
export function createWithLease(leases: LeaseRows, leaseMs: number = LEASE_MS): WithLease {
  return async (name, task, { late } = { late: false }) => {
    const number = late ? null : await leases.take(name, leaseMs);
    if (number === null && !late) return { kind: 'busy' };
    const holding = hold(leases, { name, number, leaseMs });
    try {
      return { kind: 'done', result: await task(holding.lease) };
    } catch (error) {
      if (error instanceof LeaseLostError) return { kind: 'busy' };
      throw error;
    } finally {
      await holding.end();
    }
  };
}

/** `number`: null while it is not taken yet. */
type Held = { name: string; number: string | null; leaseMs: number };

function hold(leases: LeaseRows, { name, number, leaseMs }: Held) {
  const lost = new AbortController();
  let held = number;
  let isOver = false;
  let renewedAtMs = performance.now();

  const extend = async (trx?: Transaction<Tables>): Promise<boolean> => {
    if (held !== null) return leases.renew(name, held, leaseMs, trx);
    // Nothing was written under it yet.
    if (trx === undefined) return true;
    held = await leases.take(name, leaseMs, { trx });
    return held !== null;
  };

  const renew = async (trx?: Transaction<Tables>): Promise<boolean> => {
    const askedAtMs = performance.now();
    const isHeld = await extend(trx);
    if (isHeld) renewedAtMs = askedAtMs;
    else lost.abort(new LeaseLostError(name));
    return isHeld;
  };

  // One at a time: a slow database gets no more of them. If one fails, the next write notices it.
  const renewal = repeat(async () => {
    await renew().catch(() => undefined);
  }, leaseMs / 3);

  const isFresh = (): boolean => performance.now() - renewedAtMs < leaseMs;
  const lease: Lease = {
    held: lost.signal,
    async fence(trx) {
      if (!(await renew(trx))) throw new LeaseLostError(name);
    },
    async end(trx) {
      if (held === null) return;
      if (!(await leases.release(name, held, trx))) throw new LeaseLostError(name);
      isOver = true;
    },
    isFresh,
    assertFresh() {
      if (!isFresh()) throw new LeaseLostError(name);
    },
  };
  return {
    lease,
    async end(): Promise<void> {
      // A renewal after the release would find nothing, and report the lease as lost.
      await renewal.stop();
      if (held !== null && !isOver) await leases.release(name, held);
    },
  };
}

type PostOnceDeps = {
  db: Kysely<Tables>;
  posts: Posts;
  outbound: Pick<Outbound, 'post' | 'find' | 'slackTs'>;
  /** From when on the database knows what was posted. */
  knownSince: () => Date;
  /** How long Slack may take to post what a process sent before it died, in ms. */
  inFlightMs: number;
};

export const IN_FLIGHT_MS = 10_000;

type Post = {
  /** Names the message among all; its attempts are kept under it. */
  key: string;
  place: CardPlace;
  /** What the message carries, and is found by. */
  metadata: MessageMetadata;
  render: () => Promise<Rendered>;
  /**
   * Since when there is a reason to post it. If that's before `knownSince`, it is searched for: a database that was
   * restored from a backup doesn't know what was posted after it.
   */
  since?: Date;
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
 * Posts a message to Slack once: an attempt is on disk before it is made, and as long as its outcome isn't known, it is
 * searched for where it was made before the next attempt.
 */
export function createPostOnce(deps: PostOnceDeps): PostOnce {
  const { db, posts, outbound } = deps;

  /** The call to Slack follows at once, so the lease is still held then. */
  async function begin({ key, place, lease, newIf }: Post, isFirst: boolean): Promise<void> {
    const { channelId, threadTs } = place;
    await db.transaction().execute(async (trx) => {
      await lease.fence(trx);
      const attempt = { key, channelId, threadTs, slackTs: outbound.slackTs(), isFirst };
      // The lease may have been taken only now: another process may have attempted it meanwhile.
      if (!(await posts.attempt({ ...attempt, ...(newIf && { onlyIf: newIf }) }, trx)))
        throw new LeaseLostError(key);
    });
    lease.assertFresh();
  }

  async function record(post: Post, posted: PostedOnce, isFirst: boolean): Promise<PostedOnce> {
    const { key, lease, onPosted, newIf } = post;
    await db.transaction().execute(async (trx) => {
      // Locks what it changes before the lease, as everywhere.
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
    const attempt = earlier ?? forgottenAttempt(post, deps.knownSince());
    const found = attempt === null ? null : await findAttempt(deps, attempt, post.metadata);
    if (found === null && earlier !== null && isInFlight(earlier, deps.inFlightMs))
      return { kind: 'unclear' };
    if (found === null) return postNow(post, rendered, earlier === null);
    if (found.kind !== 'posted') return found;
    return record(post, { ...found, earlier: true }, false);
  };
}

type Attempted = Pick<PostRow, 'channelId' | 'threadTs' | 'firstTs' | 'lastTs'>;

function forgottenAttempt({ since, place, newIf }: Post, knownSince: Date): Attempted | null {
  if (since === undefined || newIf !== undefined || since >= knownSince) return null;
  return { ...place, firstTs: (since.getTime() / 1000).toFixed(6), lastTs: null };
}

/** null: it is not there. */
async function findAttempt(
  { outbound }: Pick<PostOnceDeps, 'outbound'>,
  { channelId, threadTs, firstTs: first, lastTs: last }: Attempted,
  metadata: MessageMetadata,
): Promise<Posted | null> {
  try {
    const ts = await outbound.find({ channelId, threadTs }, { metadata, first, last });
    return ts === null ? null : { kind: 'posted', ts };
  } catch (error) {
    const failure: SlackFailure = slackFailure(error);
    // If the app can't read there, it can't have posted there.
    return failure.kind === 'refused' ? null : failure;
  }
}
