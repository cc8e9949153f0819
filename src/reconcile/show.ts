import type { RawBuilder, Transaction } from 'kysely';
import type { FindMember } from '../identity/resolve.ts';
import type { Log } from '../log.ts';
import { LeaseLostError, type Enqueue, type Lease, type WithLease } from '../queue/index.ts';
import type { BudgetAlert, Spender } from '../session/policy/limits.ts';
import type { Policy } from '../session/policy/schema.ts';
import { refusalKind, retrySlack, slackFailure, type SlackFailure } from '../slack/edge/errors.ts';
import { keyMark, type Mark } from '../slack/edge/metadata.ts';
import type { CardPlace, Outbound } from '../slack/edge/outbound.ts';
import type { Slack } from '../slack/edge/slack.ts';
import type { Rendered } from '../slack/views/objects.ts';
import type { Person } from '../store/identities.ts';
import { isInFlight, type ShownMessage } from '../store/shown.ts';
import { fingerprintOf } from '../store/sql.ts';
import type { Store, Tables } from '../store/store.ts';
import type { TurnClass } from '../store/turns.ts';
import type { Text } from '../text/index.ts';

type PostContext = {
  store: Pick<Store, 'db' | 'shown' | 'turns'>;
  slack: { outbound: Pick<Outbound, 'post' | 'find' | 'slackTs'> };
  /** From when on the database knows what was posted. */
  knownSince: () => Date;
  /** `inFlightMs`: how long Slack may take to post what a process sent before it died. */
  tuning: { inFlightMs: number };
};

/** What showing any message in Slack needs. */
export type ShowContext = PostContext & {
  slack: Pick<Slack, 'outbound'>;
  redrawHome: (person: Person) => Promise<void>;
  now: () => number;
  log: Log;
};

/** With what the kinds read. */
export type ReconcileContext = ShowContext & {
  store: Pick<Store, 'requests' | 'sessions' | 'settings'>;
  slack: Pick<Slack, 'people' | 'groups' | 'textFor' | 'presence'>;
  findMember: FindMember;
  policy: { current: () => Policy };
  budget: { alerts: (spender: Spender) => Promise<BudgetAlert[]> };
  enqueue: Enqueue;
  withLease: WithLease;
  /** Of what everyone sees. */
  text: Text;
  command: string;
};

/** What a message should say, and where. */
export type Desired = {
  /** `direct`: in the person's direct messages. */
  place: CardPlace | 'direct';
  teamId: string;
  /** Whose it is: it goes to them directly, and their Home shows it. null: everyone's. */
  userId: string | null;
  /** Left out: `rest`. */
  turnClass?: TurnClass;
  /** It will need an edit soon: while edits are short, it isn't posted yet. */
  editFollows?: boolean;
  /** Left out: its key. */
  mark?: Mark;
  /**
   * Since when there is a reason to post it. If that's before `knownSince`, it is searched for: a database that was
   * restored from a backup doesn't know what was posted after it. Left out: it isn't.
   */
  since?: Date;
  stage?: string | null;
  /** Left out: of all that it says. */
  fingerprint?: string;
  render: () => Rendered;
  /** When it will say something else; null: once the rows change. */
  againInMs?: number | null;
  /** Whether the message is posted again after an admin deleted it. */
  isNeeded?: boolean;
  /** Others wait for it: for minutes, if Slack refuses it for no reason that is known here. */
  isFollowed?: boolean;
  /** What follows once it is posted, in the transaction that records where. `earlier`: it was found there. */
  posted?: (at: CardPlace & { ts: string; earlier: boolean }, trx: Transaction<Tables>) => Promise<void>;
  /** Slack refuses it everywhere. */
  refused?: (code: string) => Promise<void>;
};

/**
 * One kind of message that is kept up to date: what it should say, by the rows that it is about. `before`: what it says; null:
 * it was never attempted. Resolves with null if it stays as it is, or isn't there. Throws a Later if it must wait for another
 * message.
 */
export type Kind<C = ReconcileContext> = (
  c: C,
  subject: string,
  before: ShownMessage | null,
) => Promise<Desired | null>;

/** Makes a message say what its rows say. When to look again, in ms; null: when they change. */
export type Show = (c: ReconcileContext, subject: string, key: string) => Promise<number | null>;

/** One at a time for each message. Its first attempt takes the lease; without anything to change, nothing is written. */
export function kept(kind: Kind): Show {
  return async (c, subject, key) => {
    const wanted = async (before: ShownMessage | null) => kind(c, subject, before);
    return c.withLease(`show:${key}`, async (lease) => showMessage(c, { key, wanted, lease }), {
      late: true,
    });
  };
}

type Shown = {
  key: string;
  wanted: (before: ShownMessage | null) => Promise<Desired | null>;
  lease: Lease;
};
/** A message as it is, and as it should be. */
type Change = Pick<Shown, 'key' | 'lease'> & {
  before: ShownMessage | null;
  desired: Desired & Required<Pick<Desired, 'fingerprint' | 'stage' | 'turnClass' | 'againInMs' | 'mark'>>;
};

/** Posts a message, or edits it. When to look again, in ms; null: when its rows change. */
export async function showMessage(c: ShowContext, showing: Shown): Promise<number | null> {
  const change = await findChange(c, showing);
  if (change === null || typeof change === 'number') return change;
  const { channelId = null, ts = null } = change.before ?? {};
  const isPosted = channelId !== null && ts !== null;
  const waitMs = await (isPosted ? edit(c, change, { channelId, ts }) : post(c, change));
  const { teamId, userId, againInMs } = change.desired;
  if (waitMs === null && userId !== null) await c.redrawHome({ teamId, userId });
  return waitMs ?? againInMs;
}

/** Without one: when to look again, in ms; null: when its rows change. */
async function findChange(c: ShowContext, showing: Shown): Promise<Change | number | null> {
  const found = await look(c, showing);
  if (found === null || typeof found === 'number' || found.before === null) return found;
  await c.store.db.transaction().execute(showing.lease.fence);
  // Another process may have shown what is newer.
  return look(c, showing);
}

async function look(c: ShowContext, { key, wanted, lease }: Shown): Promise<Change | number | null> {
  const before = await c.store.shown.find(key);
  const found = await wanted(before);
  if (found === null) return null;
  const desired = {
    stage: null,
    turnClass: 'rest' as const,
    againInMs: null,
    mark: keyMark(key),
    ...found,
    fingerprint: found.fingerprint ?? fingerprintOf(found.render()),
  };
  return desired.fingerprint === before?.fingerprint ? desired.againInMs : { key, lease, before, desired };
}

async function post(c: ShowContext, change: Change): Promise<number | null> {
  const { key, desired } = change;
  if (desired.editFollows === true) {
    const turn = { key, of: 'edits', place: desired.teamId, turnClass: 'rest' } as const;
    const waitMs = await c.store.turns.take(turn);
    if (waitMs > 0) return waitMs;
  }
  const place = await placeOf(c, desired).catch(slackFailure);
  if ('kind' in place) return failed(c, change, place);
  const posted = await postOnce(c, { ...change, place });
  if (posted.kind !== 'posted') return failed(c, change, posted);
  return posted.earlier ? 0 : null;
}

async function placeOf(
  c: ShowContext,
  { place, userId }: Desired,
): Promise<CardPlace | Extract<SlackFailure, { kind: 'refused' }>> {
  if (place !== 'direct') return place;
  const channelId = userId === null ? null : await c.slack.outbound.directChannel(userId);
  return channelId === null ? { kind: 'refused', code: 'no_direct_message' } : { channelId, threadTs: null };
}

async function edit(
  c: ShowContext,
  change: Change,
  at: { channelId: string; ts: string },
): Promise<number | null> {
  const { key, desired, lease } = change;
  const { shown, turns, db } = c.store;
  const { stage, fingerprint, mark, turnClass, teamId } = desired;
  const turn = { key, of: 'edits', place: teamId, turnClass } as const;
  const waitMs = await turns.take(turn);
  if (waitMs > 0) return waitMs;
  await shown.editing(key);
  const failure = await c.slack.outbound.edit(at, mark, desired.render()).then(() => null, slackFailure);
  if (failure?.kind === 'rate-limited') return turns.refused(turn, failure.retryAfterMs);
  if (failure !== null) return failed(c, change, failure);
  await db.transaction().execute(async (trx) => {
    await lease.end(trx);
    await shown.shows(key, { stage, fingerprint }, trx);
  });
  return null;
}

/** A message that Slack keeps refusing is left alone until there is something new to show, and holds up nothing. */
async function failed(
  c: ShowContext,
  { key, before, desired, lease }: Change,
  failure: SlackFailure,
): Promise<number | null> {
  if (failure.kind === 'rate-limited') return failure.retryAfterMs;
  const failingSince = before?.failingSince ?? null;
  const triedForMs = failingSince === null ? 0 : c.now() - failingSince.getTime();
  const retry = retrySlack(failure, triedForMs, desired.isFollowed === true ? 'message' : 'slack');
  if (retry.kind === 'wait') {
    const isToken = failure.kind === 'refused' && refusalKind(failure.code) === 'token';
    // It is posted once an app admin has replaced the token.
    if (isToken && failingSince === null) await desired.refused?.(failure.code);
    await c.store.shown.fails(key, {});
    return retry.afterMs;
  }
  const { code: refused } = retry;
  if (refused === 'message_not_found' && desired.isNeeded === true) {
    await c.store.db.transaction().execute(async (trx) => {
      await lease.fence(trx);
      await c.store.shown.forget(key, trx);
    });
    return 0;
  }
  // Where the app may not post, it goes to the person directly.
  const isNew = before === null || (before.ts === null && before.refused === null);
  if (isNew && desired.place !== 'direct' && desired.userId !== null) {
    await c.store.shown.fails(key, { refused });
    return 0;
  }
  c.log.warn({ key, code: refused }, 'Slack refused a message');
  await desired.refused?.(refused);
  await c.store.shown.fails(key, { refused, stage: desired.stage });
  return null;
}

/** A message that isn't there yet, and where it goes. */
type Post = Change & { place: CardPlace };

/** `earlier`: an earlier attempt, or another process, posted it, and may have shown something else. */
type PostedAt = { kind: 'posted'; ts: string; earlier: boolean };
type PostedOnce = PostedAt | SlackFailure;

/**
 * Posts a message to Slack once: an attempt is on disk before it is made, and as long as its outcome isn't known, it is
 * searched for where it was made before the next attempt. Throws a LeaseLostError.
 */
export async function postOnce(c: PostContext, post: Post): Promise<PostedOnce> {
  const attempt = attemptOf(post.before);
  const sought = attempt ?? forgottenAttempt(post, c.knownSince());
  if (sought !== null) {
    const found = await findAttempt(c, sought, post.desired.mark);
    if (found !== null) return found.kind === 'posted' ? record(c, post, found) : found;
    if (isInFlight(sought, c.tuning.inFlightMs)) return { kind: 'unclear' };
  }
  return postNow(c, { ...post, isFirst: attempt === null });
}

type FreshPost = Post & { isFirst: boolean };

async function postNow(c: PostContext, post: FreshPost): Promise<PostedOnce> {
  const { key, place, isFirst } = post;
  const { mark, turnClass } = post.desired;
  const rendered = post.desired.render();
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
  { key, place, lease, desired }: Post,
  posted: PostedAt,
): Promise<PostedAt> {
  const { stage, fingerprint } = desired;
  const shows = { stage, fingerprint: posted.earlier ? null : fingerprint };
  await db.transaction().execute(async (trx) => {
    // Locks what it changes before the lease, as everywhere.
    await desired.posted?.({ ...place, ...posted }, trx);
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
function forgottenAttempt({ desired: { since }, place }: Post, knownSince: Date): Attempted | null {
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
