import type { Log } from '../log.ts';
import { backOffMs, HELD_WAIT_MS, mayRetryRefusal, type PostOnce } from '../queue/index.ts';
import { isFirst, readMilestone, type Milestone } from '../session/milestones.ts';
import type { Notify } from '../session/preferences.ts';
import type { Answered } from '../slack/blocks/devin-message.ts';
import type { Rendered } from '../slack/blocks/objects.ts';
import { refusalKind } from '../slack/errors.ts';
import { milestoneMetadata } from '../slack/metadata.ts';
import { directPlace, type CardPlace, type Outbound } from '../slack/outbound.ts';
import type { MilestoneRow } from '../store/milestones.ts';
import { findFollowed, type Followed } from '../store/requests.ts';
import type { DevinMessage } from '../store/session-messages.ts';
import type { SessionRow } from '../store/sessions.ts';
import { MOST_FAILURES } from '../store/set-aside.ts';
import type { StoreParts } from '../store/store.ts';
import { isWanted } from './milestone-message.ts';
import type { Notified } from './notified.ts';
import { turnClassOf, type PostContext } from './post-message.ts';

export type MilestoneNotice = Followed & {
  milestone: Milestone;
  key: string;
  /** Devin's last message. */
  said: DevinMessage | null;
  place: CardPlace;
  /** Who answered the question, if it is one. */
  answered: Answered | null;
  /** The whole result is in the thread, as a file. */
  resultShared: boolean;
};

type NotifyDeps = {
  store: StoreParts<{
    sessions: 'find';
    requests: 'find';
    milestones: 'pending' | 'skip' | 'attempt' | 'posted' | 'redirect';
    setAside: 'note' | 'clear';
    messages: 'lastMessage' | 'textsWith' | 'isFollowedUp';
    calls: 'isMade' | 'isAnswered' | 'quietUntil';
  }>;
  notified: Pick<Notified, 'where'>;
  postOnce: PostOnce;
  compose: (notice: MilestoneNotice) => Promise<Rendered>;
  /** Adds to answered calls who answered them; returns how long Slack wants a pause, in ms. */
  markAnsweredCalls: (followed: Followed) => Promise<number>;
  /** Puts a result that is too long for a message into the thread; false if there is none, or it failed. */
  shareResult: (place: CardPlace, session: SessionRow) => Promise<boolean>;
  outbound: Pick<Outbound, 'directChannel'>;
  now: () => number;
  log: Log;
};

/** `wait`: try again then; later milestones wait for it. `later`: they don't. */
type NotifyResult = { kind: 'done' } | { kind: 'wait' | 'later'; ms: number };
const DONE: NotifyResult = { kind: 'done' };

/** Posts those of a session's milestones that wait, once each and in order: in its thread or to the person, as they prefer. */
export function createMilestoneNotifier(deps: NotifyDeps) {
  return async (
    sessionId: string,
    earlier: readonly MilestoneRow[],
    context: PostContext,
  ): Promise<number | null> => {
    // A call may be part of a message by now. Read before the session, which is at least as new then.
    const pending = new Set((await deps.store.milestones.pending(sessionId)).map(({ key }) => key));
    const rows = earlier.filter(({ key }) => pending.has(key));
    const followed = await findFollowed(deps.store, sessionId);
    if (followed === null) return null;
    const { session, request } = followed;
    const notify = await deps.notified.where(session, request);
    const finishes = rows.some(saysResult);
    let laterMs: number | null = null;
    for (const row of rows) {
      context.signal.throwIfAborted();
      const result = await notifyOrSetAside(deps, { row, session, request, notify, finishes, context });
      if (result.kind === 'wait') return result.ms;
      if (result.kind === 'later') laterMs = Math.min(laterMs ?? result.ms, result.ms);
    }
    const waitMs = await deps.markAnsweredCalls(followed);
    return waitMs === 0 ? laterMs : waitMs;
  };
}

/** An attempt that was made before may have posted the result as it was then. */
function saysResult({ key, attemptedAt }: MilestoneRow): boolean {
  return readMilestone(key)?.kind === 'finished' && isFirst(key) && attemptedAt === null;
}

type Delivery = Followed & {
  row: MilestoneRow;
  notify: Notify;
  /** One of the milestones that wait says that it finished. */
  finishes: boolean;
  context: PostContext;
};

/** One that keeps failing doesn't hold up the next. */
async function notifyOrSetAside(deps: NotifyDeps, delivery: Delivery): Promise<NotifyResult> {
  const { sessionId, key } = delivery.row;
  const id = `${sessionId}:${key}`;
  try {
    const result = await deliver(deps, delivery);
    if (result.kind === 'done') await deps.store.setAside.clear('milestone', id);
    return result;
  } catch (error) {
    if (delivery.context.signal.aborted) throw error;
    const failures = await deps.store.setAside.note('milestone', id, { error });
    if (failures < MOST_FAILURES) throw error;
    deps.log.error({ err: error, sessionId, key }, 'a milestone could not be announced');
    await deps.store.milestones.skip(delivery.row);
    return DONE;
  }
}

async function deliver(deps: NotifyDeps, delivery: Delivery): Promise<NotifyResult> {
  const { row, session, notify, finishes } = delivery;
  if (row.dueInMs > 0) return { kind: 'later', ms: row.dueInMs };
  const milestone = readMilestone(row.key);
  const said = await deps.store.messages.lastMessage(session.sessionId);
  if (milestone === null || !(await isWanted(deps, { milestone, row, session, notify, said, finishes }))) {
    await deps.store.milestones.skip(row);
    return DONE;
  }
  // Its card, and with it the thread, isn't posted yet.
  const isPlacing = session.threadTs === '' && waitedMs(deps, row) < PLACING_MS;
  if (isPlacing) return { kind: 'wait', ms: HELD_WAIT_MS };
  const quietMs = await quietFor(deps, row);
  if (quietMs > 0) return { kind: 'later', ms: quietMs };
  const place = await placeOf(deps, delivery);
  if (row.attemptedAt === null)
    await deps.store.milestones.attempt(row, new Date(deps.now()), said?.eventId ?? null);
  return post(deps, delivery, { milestone, said, place });
}

/** Another question waits its turn. */
async function quietFor({ store, now }: NotifyDeps, row: MilestoneRow): Promise<number> {
  const { sessionId, key, attemptedAt } = row;
  if (attemptedAt !== null || readMilestone(key)?.kind !== 'needs-you') return 0;
  const until = await store.calls.quietUntil(sessionId);
  return until === null ? 0 : until.getTime() - now();
}

async function post(
  deps: NotifyDeps,
  delivery: Delivery,
  { milestone, said, place }: { milestone: Milestone; said: DevinMessage | null; place: CardPlace },
): Promise<NotifyResult> {
  const { row, session, request } = delivery;
  const result = await deps.postOnce({
    key: `milestone:${row.sessionId}:${row.key}`,
    place,
    metadata: milestoneMetadata(row.sessionId, row.key),
    since: happenedAt(delivery),
    lease: delivery.context.lease,
    turnClass: turnClassOf(session),
    render: async () => {
      // In the first attempt only: without its file, the message says where else the result is.
      const isFirst = milestone.kind === 'finished' && row.attemptedAt === null;
      const resultShared = isFirst && (await deps.shareResult(place, session));
      const { key } = row;
      return deps.compose({ milestone, key, request, session, said, place, answered: null, resultShared });
    },
  });
  switch (result.kind) {
    case 'posted':
      await deps.store.milestones.posted(row, { channelId: place.channelId, ts: result.ts });
      return DONE;
    case 'rate-limited':
      return { kind: 'wait', ms: result.retryAfterMs };
    case 'unclear':
      return { kind: 'wait', ms: backOffMs(waitedMs(deps, row)) };
    case 'refused':
      return refused(deps, delivery, result.code);
  }
}

/** A card that isn't posted by then is refused: what is announced goes to the person. */
const PLACING_MS = 10 * 60_000;

/** Its row may be new although it was announced before: in a database that was restored since. */
function happenedAt({ row, session }: Delivery): Date {
  return new Date(Math.min(row.createdAt.getTime(), session.snapshot.updatedAt * 1000));
}

const waitedMs = ({ now }: NotifyDeps, { createdAt: at }: MilestoneRow): number => now() - at.getTime();

/** If the thread accepts nothing, it goes to the person; if that also fails, to the thread later. */
async function refused(deps: NotifyDeps, delivery: Delivery, code: string): Promise<NotifyResult> {
  const { row, session } = delivery;
  if (!row.direct && delivery.notify === 'thread' && refusalKind(code) !== 'token') {
    await deps.store.milestones.redirect(row, true);
    return deliver(deps, { ...delivery, row: { ...row, direct: true, attemptedAt: null } });
  }
  if (mayRetryRefusal(code, waitedMs(deps, row))) {
    await deps.store.milestones.redirect(row, false);
    return { kind: 'wait', ms: backOffMs(waitedMs(deps, row)) };
  }
  deps.log.warn({ sessionId: session.sessionId, code }, 'Slack refused the notice of a milestone');
  await deps.store.milestones.skip(row);
  return DONE;
}

async function placeOf({ outbound }: NotifyDeps, delivery: Delivery): Promise<CardPlace> {
  const { row, session, request, notify } = delivery;
  const thread = { channelId: session.channelId, threadTs: session.threadTs };
  if (notify === 'thread' && !row.direct && session.threadTs !== '') return thread;
  return directPlace(outbound, request.userId);
}
