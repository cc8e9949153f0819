import { DevinError, isTooLarge } from '../devin/errors.ts';
import { backOffMs, HELD_WAIT_MS, Later, type Queue, sooner } from '../queue/index.ts';
import type { SessionSnapshot } from '../session/snapshot.ts';
import { refusalKind } from '../slack/edge/errors.ts';
import { notice, slackRefusal } from '../slack/views/notices.ts';
import { link } from '../slack/views/text.ts';
import { findFollowed, type Followed } from '../store/requests.ts';
import type { SessionRow } from '../store/sessions.ts';
import { MILESTONE } from '../store/thread-messages.ts';
import { type FollowContext, NotTakenError, type PostJob } from './context.ts';
import { fetchMessages } from './fetch-messages.ts';
import { markAnswered, postMilestone } from './milestones.ts';
import { recordAnswer } from './record.ts';
import { createRound, startWatching } from './watcher.ts';
import { findFiles, postFile, postWords } from './words.ts';

export { lastWordsOf, messagePages, messageRow } from './fetch-messages.ts';

export { fileRow, mirrorReply } from './words.ts';

/** Brings a session's status and Devin's words to its card and its thread. */
export function createFollowing({
  queue,
  prepare,
  findUnconfirmed,
  ...parts
}: Omit<FollowContext, 'enqueue'> & {
  queue: Pick<Queue, 'enqueue' | 'work'>;
  /** Runs once, when this process starts to watch. */
  prepare: (signal: AbortSignal) => Promise<void>;
  /** Runs after each round; returns how long Devin wants a pause, in ms. */
  findUnconfirmed: (signal: AbortSignal) => Promise<number>;
}) {
  const c: FollowContext = { ...parts, enqueue: queue.enqueue };
  queue.work('relay-from-devin', async ({ sessionId }, { signal }) => relayFromDevin(c, sessionId, signal), {
    concurrency: 20,
  });
  const { standbyMs } = c.tuning.watchTimes;
  const pollDue = createRound(c);
  const round = async (signal: AbortSignal): Promise<number> =>
    Math.max(await pollDue(signal), await findUnconfirmed(signal));
  return {
    startWatching: () => startWatching(c, { prepare, round, standbyMs }),
    /** For everything else that gets a session's status from Devin. */
    recordAnswer: async (session: SessionRow, snapshot: SessionSnapshot) =>
      recordAnswer(c, session, snapshot),
  };
}

/** After that, nobody waits for what was said. */
const UNREAD_MS = 24 * 60 * 60_000;

/**
 * Stores what was said in a session, then posts what its thread doesn't show yet: also if Devin gives nothing. By one process
 * at a time. Returns when to run again, in ms; null: nothing waits.
 */
async function relayFromDevin(
  c: FollowContext,
  sessionId: string,
  signal: AbortSignal,
): Promise<number | null> {
  return c.withLease(`relay-from-devin:${sessionId}`, async (lease) => {
    const held = AbortSignal.any([signal, lease.held]);
    const followed = await findFollowed(c.store, sessionId);
    if (followed === null) return null;
    const retryMs = await fetchAll(c, followed, held);
    const fetched = retryMs === null ? followed.session.told : [];
    return sooner(retryMs, await postWaiting(c, sessionId, { signal: held, lease, fetched }));
  });
}

/** When to fetch again, in ms; null: everything is stored, or Devin gives nothing. */
async function fetchAll(
  c: FollowContext,
  { session, request }: Followed,
  signal: AbortSignal,
): Promise<number | null> {
  const { sessionId, changedAt } = session;
  try {
    const count = await fetchMessages(c, { session, request }, signal);
    await findFiles(c, session, { hasSpoken: count > 0, signal });
    return null;
  } catch (error) {
    if (!(error instanceof DevinError)) throw error;
    signal.throwIfAborted();
    c.log.warn({ err: error, sessionId }, "a session's messages or files could not be read");
    if (error.code === 'not-found' || error.code === 'forbidden' || isTooLarge(error)) return null;
    const quietMs = c.now() - changedAt.getTime();
    return error.retryAfterMs ?? (quietMs < UNREAD_MS ? backOffMs(quietMs) : null);
  }
}

/** What a session's thread shows, in this order. `inOrder`: nothing overtakes what waits of them. */
const STEPS = [
  { what: 'words', post: postWords, inOrder: true },
  // They may go to the person.
  { what: 'milestones', post: postMilestone, inOrder: false },
  { what: 'files', post: postFile, inOrder: true },
  { what: 'answers', post: markAnswered, inOrder: false },
] as const;

/** Posts what a session's thread doesn't show yet, in order and once each. Returns when to run again, in ms; null: nothing waits. */
async function postWaiting(
  c: FollowContext,
  sessionId: string,
  run: Pick<PostJob, 'signal' | 'lease' | 'fetched'>,
): Promise<number | null> {
  let againMs: number | null = null;
  let isBusy = false;
  for (const { what, post, inOrder } of STEPS)
    for (const row of await c.store.messages.pending(sessionId, what)) {
      if (isBusy && inOrder) break;
      run.signal.throwIfAborted();
      const followed = await findFollowed(c.store, sessionId);
      // Everything waits for the card.
      if (followed === null || followed.session.threadTs === '') return null;
      const job = { ...run, followed, row, isBusy };
      const waitMs = await postOrSkip(c, job, async () => post(c, job));
      againMs = sooner(againMs, waitMs);
      isBusy ||= waitMs !== null && inOrder;
    }
  return againMs;
}

/**
 * What keeps failing, or is refused, is skipped and counted, and what comes after it no longer waits for it. Returns when to
 * try again, in ms; null: it is done.
 */
async function postOrSkip(c: FollowContext, job: PostJob, post: () => Promise<void>): Promise<number | null> {
  const { row, signal } = job;
  const { sessionId, key } = row;
  try {
    await post();
    return null;
  } catch (error) {
    if (error instanceof Later) return error.afterMs ?? backOffMs(row.ageMs);
    if (signal.aborted) throw error;
    const isRefused = error instanceof NotTakenError;
    if (isRefused && error.isThread && refusalKind(error.code) === 'place')
      return waitForThread(c, job, error.code);
    if (!(await c.store.messages.failed(row, { isRefused }))) throw error;
    c.log.error({ err: error, sessionId, key }, 'a message could not be posted');
    return null;
  }
}

/** A milestone goes to the person then. The rest is tried again when the session or the channel changes, and rarely without that. */
async function waitForThread(c: FollowContext, { followed, row }: PostJob, code: string): Promise<number> {
  await noteTrouble(c, followed, code);
  if (row.source === MILESTONE) return HELD_WAIT_MS;
  return Math.max(c.tuning.troubleMs, row.ageMs);
}

/** Tells the requester, once until something can be posted again. */
async function noteTrouble(
  { store: { sessions }, slack: { outbound, textFor } }: FollowContext,
  { session, request: { userId } }: Followed,
  code: string,
): Promise<void> {
  if (session.threadTrouble !== null) return;
  const text = await textFor(userId);
  const opened = link(session.snapshot.url, text.card.buttons.open);
  const sentence = text.thread.trouble(slackRefusal(code, text), opened);
  const place = { userId, channelId: null, threadTs: null };
  // If Slack is busy, the next try tells them.
  const told = outbound.tellPrivately(place, notice([sentence])).then(
    () => true,
    () => false,
  );
  if (await told) await sessions.change(session.sessionId, { threadTrouble: code });
}
