import { backOffMs, retryWindow, sooner } from '../queue/index.ts';
import { slackFailure, type SlackFailure } from '../slack/edge/errors.ts';
import { privatePlace } from '../slack/edge/places.ts';
import { CLOCK_MARGIN_S } from '../slack/edge/posted-messages.ts';
import { notice, slackRefusal } from '../slack/views/notices.ts';
import { link } from '../slack/views/text.ts';
import { findFollowed, type Followed } from '../store/requests.ts';
import type { MessageRow } from '../store/session-messages.ts';
import type { SessionRow } from '../store/sessions.ts';
import { MOST_FAILURES } from '../store/set-aside.ts';
import { announce, callOf } from './announce.ts';
import type { FollowContext, PostContext } from './context.ts';
import { postMessage, triedForMs, type MessageJob, type PostOutcome } from './post-message.ts';

/**
 * Posts what waits of a session, by one process at a time: its messages, then what it came to, which comes after them in the
 * thread. Returns when to run again, in ms; null: nothing waits.
 */
export async function postWaiting(
  c: FollowContext,
  sessionId: string,
  signal: AbortSignal,
): Promise<number | null> {
  return c.withLease(`post-waiting:${sessionId}`, async (lease) => {
    const context = { signal: AbortSignal.any([signal, lease.held]), lease };
    // What comes from now on may have words before it that come after those posted now.
    const seen = new Set((await c.store.milestones.pending(sessionId)).map(({ key }) => key));
    const { isBusy, againMs } = await postMessages(c, sessionId, context);
    return sooner(againMs, await announce(c, sessionId, { ...context, seen, isBusy }));
  });
}

/**
 * `isBusy`: Slack hasn't answered, so that nothing may overtake what waits; otherwise Slack has it, or refused it.
 * `againMs`: when to try again; null: nothing waits for that.
 */
type Pending = { isBusy: boolean; againMs: number | null };
const DONE: Pending = { isBusy: false, againMs: null };

/** In order, and once each. */
async function postMessages(c: FollowContext, sessionId: string, context: PostContext): Promise<Pending> {
  const { messages, sessions } = c.store;
  let hasSearched = false;
  for (;;) {
    context.signal.throwIfAborted();
    const row = await messages.nextPending(sessionId);
    const followed = row === null ? null : await findFollowed(c.store, sessionId);
    // It waits for its thread.
    if (row === null || followed === null || followed.session.threadTs === '') return DONE;
    const { session } = followed;
    if (!hasSearched && row.attemptedAt === null && row.saidAt < c.knownSince()) {
      const failure = await skipPosted(c, session, row.saidAt);
      if (failure !== null) return waiting(c, failure, row);
      hasSearched = true;
      continue;
    }
    const called = row.source === 'devin' ? await callOf(c, followed, row) : null;
    if (called?.kind === 'held') return { isBusy: false, againMs: called.ms };
    const call = called?.kind === 'call' ? called.call : null;
    const outcome = await postOrSetAside(c, { followed, row, call, context });
    if (outcome?.kind === 'refused') return refused(c, followed, { row, code: outcome.code });
    if (outcome !== null && outcome.kind !== 'posted') return waiting(c, outcome, row);
    if (outcome !== null && session.threadTrouble !== null)
      await sessions.change(sessionId, { threadTrouble: null });
  }
}

function waiting(
  c: FollowContext,
  outcome: Exclude<PostOutcome, { kind: 'posted' | 'refused' }>,
  row: MessageRow,
): Pending {
  if (outcome.kind === 'put-off') return { isBusy: false, againMs: outcome.afterMs };
  if (outcome.kind === 'rate-limited') return { isBusy: true, againMs: outcome.retryAfterMs };
  // Slack may fail with this message alone: while it's down, few calls are made, and the others count as rate-limited.
  const tried = { triedForMs: triedForMs(c, row) };
  return retryWindow('message', tried).kind === 'wait'
    ? { isBusy: true, againMs: c.tuning.relayTimes.unclearMs }
    : { isBusy: false, againMs: backOffMs(tried.triedForMs) };
}

/** The thread accepts nothing: retried for a while, and after that only when the session changes. */
async function refused(
  c: FollowContext,
  followed: Followed,
  { row, code }: { row: MessageRow; code: string },
): Promise<Pending> {
  await noteTrouble(c, followed, code);
  const mayHelp = retryWindow('slack', { triedForMs: triedForMs(c, row) }).kind === 'wait';
  return { isBusy: false, againMs: mayHelp ? c.tuning.relayTimes.troubleMs : null };
}

/**
 * A database that was restored from a backup doesn't know what was posted after it, but the thread shows it. null: done;
 * otherwise nothing may be posted yet.
 */
async function skipPosted(
  { store: { messages }, slack: { metadata } }: FollowContext,
  { sessionId, channelId, threadTs }: SessionRow,
  since: Date,
): Promise<Exclude<SlackFailure, { kind: 'refused' }> | null> {
  try {
    const span = { fromS: since.getTime() / 1000 - CLOCK_MARGIN_S, toS: null };
    const read = await metadata.read({ channelId, threadTs }, span);
    const shown = read.messages.flatMap(({ metadata: found }) =>
      found.kind === 'message' && found.sessionId === sessionId ? [found.eventId] : [],
    );
    await messages.skipThrough(sessionId, shown);
    return null;
  } catch (error) {
    const failure = slackFailure(error);
    // A thread that can't be read takes no messages, either.
    return failure.kind === 'refused' ? null : failure;
  }
}

/** null: it failed so often that it is skipped, and counted, and the next messages no longer wait for it. */
async function postOrSetAside(c: FollowContext, job: MessageJob): Promise<PostOutcome | null> {
  const { messages, calls, setAside } = c.store;
  const { row, context } = job;
  const { sessionId, eventId } = row;
  const id = `${sessionId}:${eventId}`;
  try {
    const outcome = await postMessage(c, job);
    if (outcome.kind === 'posted') await setAside.clear('message', id);
    return outcome;
  } catch (error) {
    if (context.signal.aborted) throw error;
    const failures = await setAside.note('message', id, { error });
    if (failures < MOST_FAILURES) throw error;
    c.tuning.log.error({ err: error, sessionId, eventId }, 'a message could not be posted in its thread');
    await calls.part(sessionId, eventId);
    await messages.skip(row);
    return null;
  }
}

/** Tells the requester, once until something can be posted again. */
async function noteTrouble(
  { store: { sessions }, slack: { outbound, textFor } }: FollowContext,
  { session, request: { userId } }: Followed,
  code: string,
): Promise<void> {
  if (session.threadTrouble !== null) return;
  const text = await textFor(userId);
  const opened = link(session.url, text.card.buttons.open);
  const sentence = text.thread.trouble(slackRefusal(code, text), opened);
  const place = privatePlace({ userId, channelId: null, threadTs: null });
  // If Slack is busy, the next try tells them.
  if ((await outbound.tellPrivately(place, notice([sentence]))) === 'retryable') return;
  await sessions.change(session.sessionId, { threadTrouble: code });
}
