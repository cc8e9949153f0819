import type { Transaction } from 'kysely';
import type { FindMember } from '../identity/resolve.ts';
import type { Log } from '../log.ts';
import type { Enqueue, Lease, WithLease } from '../queue/index.ts';
import type { BudgetAlert, Spender } from '../session/policy/limits.ts';
import type { Policy } from '../session/policy/schema.ts';
import { refusalKind, retrySlack, slackFailure, type SlackFailure } from '../slack/edge/errors.ts';
import { keyMetadata, type MessageMetadata } from '../slack/edge/metadata.ts';
import type { CardPlace } from '../slack/edge/outbound.ts';
import type { Slack } from '../slack/edge/slack.ts';
import type { PostOnce } from '../slack/post-once.ts';
import type { Rendered } from '../slack/views/objects.ts';
import type { Person } from '../store/identities.ts';
import type { ShownMessage } from '../store/shown.ts';
import { fingerprintOf } from '../store/sql.ts';
import type { Store, Tables } from '../store/store.ts';
import type { TurnClass } from '../store/turns.ts';
import type { Text } from '../text/index.ts';

/** What showing any message in Slack needs. */
export type ShowContext = {
  store: Pick<Store, 'db' | 'shown' | 'turns'>;
  slack: Pick<Slack, 'outbound'>;
  postOnce: PostOnce;
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
  metadata?: MessageMetadata;
  /** Since when there is a reason to post it; left out: an earlier one is not searched for. */
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
};

/** One kind of message that is kept up to date: rows, and what they should look like. */
export type Kind<Rows, C = ReconcileContext> = {
  /** null: what it is about is not known. */
  read: (c: C, subject: string) => Promise<Rows | null>;
  /** Pure. null: it stays as it is, or isn't there. Throws a Later if it must wait for another message. */
  desired: (rows: Rows, before: ShownMessage | null) => Desired | null;
  /** What follows once it is posted, in the transaction that records where. `earlier`: it was found there. */
  posted?: (
    c: C,
    rows: Rows,
    at: CardPlace & { ts: string; earlier: boolean; before: ShownMessage | null },
    trx: Transaction<Tables>,
  ) => Promise<void>;
  /** Slack refuses it everywhere. */
  refused?: (c: C, rows: Rows, how: { before: ShownMessage | null; code: string }) => Promise<void>;
};

/** `subject`: what its key says that it is about. */
type KeyedKind<C, Rows> = { key: string; subject: string; kind: Kind<Rows, C> };
/** The message of a key as it is, and as it should be. */
type Look<Rows> = { rows: Rows; before: ShownMessage | null; desired: FullDesired };
type FullDesired = Desired &
  Required<Pick<Desired, 'fingerprint' | 'stage' | 'turnClass' | 'againInMs' | 'metadata'>>;
type ShowTask<C, Rows> = KeyedKind<C, Rows> & Look<Rows> & { lease: Lease };

/** Makes a message of a kind say what its rows say. When to look again, in ms; null: when they change. */
export type Show = (c: ReconcileContext, subject: string) => Promise<number | null>;

/** One at a time for each message. Its first attempt takes the lease; without anything to change, nothing is written. */
export function createShow<Rows>(name: string, kind: Kind<Rows>): Show {
  return async (c, subject) => {
    const key = `${name}:${subject}`;
    const showing = async (lease: Lease) => showMessage(c, { key, subject, kind }, lease);
    return c.withLease(`show:${key}`, showing, { late: true });
  };
}

/** Posts a message, or edits it. When to look again, in ms; null: when its rows change. */
export async function showMessage<C extends ShowContext, Rows>(
  c: C,
  message: KeyedKind<C, Rows>,
  lease: Lease,
): Promise<number | null> {
  let found = await look(c, message);
  if (found === null || typeof found === 'number') return found;
  if (found.before !== null) {
    await c.store.db.transaction().execute(lease.fence);
    // Another process may have shown what is newer.
    found = await look(c, message);
    if (found === null || typeof found === 'number') return found;
  }
  const task = { ...message, ...found, lease };
  const { channelId = null, ts = null } = found.before ?? {};
  const waitMs = await (channelId === null || ts === null ? post(c, task) : edit(c, task, { channelId, ts }));
  const { teamId, userId, againInMs } = found.desired;
  if (waitMs === null && userId !== null) await c.redrawHome({ teamId, userId });
  return waitMs ?? againInMs;
}

async function look<C extends ShowContext, Rows>(
  c: C,
  { key, subject, kind }: KeyedKind<C, Rows>,
): Promise<Look<Rows> | number | null> {
  const [rows, before] = await Promise.all([kind.read(c, subject), c.store.shown.find(key)]);
  const found = rows === null ? null : kind.desired(rows, before);
  if (rows === null || found === null) return null;
  const desired = wanted(key, found);
  return desired.fingerprint === before?.fingerprint ? desired.againInMs : { rows, before, desired };
}

function wanted(key: string, desired: Desired): FullDesired {
  const { stage = null, turnClass = 'rest', againInMs = null, metadata = keyMetadata(key) } = desired;
  const { fingerprint = fingerprintOf(desired.render()) } = desired;
  return { ...desired, stage, turnClass, againInMs, fingerprint, metadata };
}

async function post<C extends ShowContext, Rows>(c: C, task: ShowTask<C, Rows>): Promise<number | null> {
  const { key, kind, rows, before, desired, lease } = task;
  const { stage, fingerprint, metadata, turnClass, since } = desired;
  if (desired.editFollows === true) {
    const turn = { key, of: 'edits', place: desired.teamId, turnClass: 'rest' } as const;
    const waitMs = await c.store.turns.take(turn);
    if (waitMs > 0) return waitMs;
  }
  const place = await placeOf(c, desired).catch(slackFailure);
  if ('kind' in place) return failed(c, task, place);
  const posted = await c.postOnce({
    key,
    place,
    metadata,
    lease,
    turnClass,
    showing: { stage, fingerprint },
    ...(since !== undefined && { since }),
    render: async () => Promise.resolve(desired.render()),
    onPosted: async (at, trx) => kind.posted?.(c, rows, { ...place, ...at, before }, trx),
  });
  if (posted.kind !== 'posted') return failed(c, task, posted);
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

async function edit<C extends ShowContext, Rows>(
  c: C,
  task: ShowTask<C, Rows>,
  at: { channelId: string; ts: string },
): Promise<number | null> {
  const { key, desired, lease } = task;
  const { shown, turns, db } = c.store;
  const { stage, fingerprint, metadata, turnClass, teamId } = desired;
  const turn = { key, of: 'edits', place: teamId, turnClass } as const;
  const waitMs = await turns.take(turn);
  if (waitMs > 0) return waitMs;
  await shown.editing(key);
  const failure = await c.slack.outbound.edit(at, metadata, desired.render()).then(() => null, slackFailure);
  if (failure?.kind === 'rate-limited') return turns.refused(turn, failure.retryAfterMs);
  if (failure !== null) return failed(c, task, failure);
  await db.transaction().execute(async (trx) => {
    await lease.end(trx);
    await shown.shows(key, { stage, fingerprint }, trx);
  });
  return null;
}

/** A message that Slack keeps refusing is left alone until there is something new to show, and holds up nothing. */
async function failed<C extends ShowContext, Rows>(
  c: C,
  task: ShowTask<C, Rows>,
  failure: SlackFailure,
): Promise<number | null> {
  const { key, kind, rows, before, desired, lease } = task;
  if (failure.kind === 'rate-limited') return failure.retryAfterMs;
  const failingSince = before?.failingSince ?? null;
  const triedForMs = failingSince === null ? 0 : c.now() - failingSince.getTime();
  const retry = retrySlack(failure, triedForMs, desired.isFollowed === true ? 'message' : 'slack');
  if (retry.kind === 'wait') {
    const isToken = failure.kind === 'refused' && refusalKind(failure.code) === 'token';
    // It is posted once an app admin has replaced the token.
    if (isToken && failingSince === null) await kind.refused?.(c, rows, { before, code: failure.code });
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
  await kind.refused?.(c, rows, { before, code: refused });
  await c.store.shown.fails(key, { refused, stage: desired.stage });
  return null;
}
