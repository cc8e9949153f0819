import { DevinError } from '../devin/errors.ts';
import type { Log } from '../log.ts';
import { retryWindow, soonIfBusy, type Enqueue, type WithLease } from '../queue/index.ts';
import { notice } from '../slack/blocks/notices.ts';
import { escape, link, lookup } from '../slack/blocks/text.ts';
import { slackFailure, type SlackFailure } from '../slack/errors.ts';
import type { DeliveryResult, Outbound } from '../slack/outbound.ts';
import { privatePlace } from '../slack/places.ts';
import { CLOCK_MARGIN_S, type PostedReader } from '../slack/posted-messages.ts';
import type { TextFor } from '../slack/text-for.ts';
import type { Calls } from '../store/calls.ts';
import type { Milestones } from '../store/milestones.ts';
import type { SessionRequest } from '../store/request-row.ts';
import { findFollowed, type Followed, type Requests } from '../store/requests.ts';
import type { MessageRow, SessionMessages } from '../store/session-messages.ts';
import type { SessionRow, Sessions } from '../store/sessions.ts';
import { MOST_FAILURES, type SetAside } from '../store/set-aside.ts';
import type { PostContext, PostOutcome } from './post-message.ts';
import type { FindAttachments } from './share-file.ts';

export type RelayTimes = {
  /** After an unclear answer from Slack. */
  unclearMs: number;
  /** While the thread refuses messages, or Devin gives none. */
  troubleMs: number;
};
export const RELAY_TIMES: RelayTimes = { unclearMs: 2000, troubleMs: 10 * 60_000 };

/** Less than the queue retries for. */
const WITH_QUEUE_MS = 30 * 60_000;
/** After that, nobody waits for what was said. */
const UNREAD_MS = 24 * 60 * 60_000;

/** The lease under which a session's messages are read and posted, by one at a time. */
export const relayLease = (sessionId: string): string => `relay-from-devin:${sessionId}`;

type RelayDeps = {
  sessions: Pick<Sessions, 'find' | 'change'>;
  requests: Pick<Requests, 'find'>;
  messages: Pick<SessionMessages, 'nextPending' | 'leaveOutPending' | 'skip' | 'skipThrough'>;
  milestones: Pick<Milestones, 'hear' | 'pending'>;
  setAside: Pick<SetAside, 'note' | 'clear'>;
  calls: Pick<Calls, 'part' | 'answered'>;
  fetchMessages: (followed: Followed, signal: AbortSignal) => Promise<number>;
  findAttachments: FindAttachments;
  metadata: Pick<PostedReader, 'read'>;
  /** From when on the database knows what was posted. */
  knownSince: Date;
  postMessage: (session: SessionRow, row: MessageRow, context: PostContext) => Promise<PostOutcome>;
  outbound: Pick<Outbound, 'tellPrivately'>;
  withLease: WithLease;
  enqueue: Enqueue;
  times: RelayTimes;
  now: () => number;
  textFor: TextFor;
  log: Log;
};

/** `isThrough`: nothing more can be posted now. `againMs`: when to try again; null: nothing waits for that. */
type Posted = { isThrough: boolean; againMs: number | null };
const DONE: Posted = { isThrough: true, againMs: null };

/**
 * Brings a session's messages into its thread: fetches and stores them, posts them in order and once each, by one process
 * at a time, then has milestones announced.
 */
export function createRelayFromDevin(deps: RelayDeps) {
  const { sessions, messages, withLease, enqueue, times } = deps;

  function pauseMs(outcome: Exclude<PostOutcome, { kind: 'posted' | 'refused' }>): number {
    switch (outcome.kind) {
      case 'put-off':
        return outcome.afterMs;
      case 'rate-limited':
        return outcome.retryAfterMs;
      case 'unclear':
        return times.unclearMs;
    }
  }

  async function post(sessionId: string, context: PostContext): Promise<Posted> {
    let hasSearched = false;
    for (;;) {
      context.signal.throwIfAborted();
      const row = await messages.nextPending(sessionId);
      if (row === null) return DONE;
      const session = await sessions.find(sessionId);
      // It waits for its thread.
      if (session === null || session.threadTs === '') return DONE;
      if (!session.synced) {
        await messages.leaveOutPending(sessionId);
        return DONE;
      }
      if (!hasSearched && row.attemptedAt === null && row.saidAt < deps.knownSince) {
        const failure = await skipPosted(deps, session, row.saidAt);
        if (failure !== null) return { isThrough: false, againMs: pauseMs(failure) };
        hasSearched = true;
        continue;
      }
      const outcome = await postOrSetAside(deps, session, { row, context });
      if (outcome?.kind === 'refused') return refused(session, row, outcome.code);
      if (outcome !== null && outcome.kind !== 'posted')
        return { isThrough: false, againMs: pauseMs(outcome) };
      const isTakenAgain = outcome !== null && session.threadTrouble !== null;
      if (isTakenAgain) await sessions.change(sessionId, { threadTrouble: null });
    }
  }

  /** The thread accepts nothing: retried for a while, and after that only when the session changes. */
  async function refused(session: SessionRow, { attemptedAt }: MessageRow, code: string): Promise<Posted> {
    await noteTrouble(deps, session, code);
    const triedForMs = attemptedAt === null ? 0 : deps.now() - attemptedAt.getTime();
    const mayHelp = retryWindow('slack', { triedForMs }).kind === 'wait';
    return { isThrough: true, againMs: mayHelp ? times.troubleMs : null };
  }

  async function relay(followed: Followed, context: PostContext): Promise<number | null> {
    const { sessionId, told } = followed.session;
    const fetched = await fetchAll(deps, followed, context.signal);
    // Of one that came after the fetch, Devin's words aren't here yet.
    if (fetched === null) await deps.milestones.hear(sessionId, told);
    const { isThrough, againMs } = await post(sessionId, context);
    if (fetched === null && isThrough && (await hasToNotify(deps, sessionId)))
      await enqueue('tell-milestones', { sessionId });
    if (fetched === null) return againMs;
    // Stored messages were posted although Devin gave no new ones; if it doesn't say when it will, the queue retries.
    const retryAfterMs = fetched.retryAfterMs ?? laterMs(deps, followed.session);
    if (retryAfterMs === null) throw fetched;
    return againMs ?? retryAfterMs;
  }

  return async (sessionId: string, signal: AbortSignal): Promise<number | null> => {
    const relaying = withLease(relayLease(sessionId), async (lease) => {
      const followed = await findFollowed(deps, sessionId);
      const context = { signal: AbortSignal.any([signal, lease.held]), lease };
      return followed === null ? null : relay(followed, context);
    });
    return soonIfBusy(relaying);
  };
}

/** When to read again what the queue would give up after about an hour, such as a session's last words; null: it retries. */
function laterMs({ times, now }: RelayDeps, { changedAt }: SessionRow): number | null {
  const quietMs = now() - changedAt.getTime();
  return quietMs > WITH_QUEUE_MS && quietMs < UNREAD_MS ? times.troubleMs : null;
}

async function hasToNotify({ milestones, calls }: RelayDeps, sessionId: string): Promise<boolean> {
  const waiting = await milestones.pending(sessionId);
  if (waiting.length > 0) return waiting.some(({ dueInMs }) => dueInMs === 0);
  return (await calls.answered(sessionId)).length > 0;
}

/**
 * A database that was restored from a backup doesn't know what was posted after it, but the thread shows it. null: done;
 * otherwise nothing may be posted yet.
 */
async function skipPosted(
  { messages, metadata }: RelayDeps,
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

type Posting = { row: MessageRow; context: PostContext };

/** null: it failed so often that the next messages no longer wait for it. */
async function postOrSetAside(
  { postMessage, messages, calls, setAside, log }: RelayDeps,
  session: SessionRow,
  { row, context }: Posting,
): Promise<PostOutcome | null> {
  const { sessionId, eventId } = row;
  const id = `${sessionId}:${eventId}`;
  try {
    const outcome = await postMessage(session, row, context);
    if (outcome.kind === 'posted') await setAside.clear('message', id);
    return outcome;
  } catch (error) {
    if (context.signal.aborted || error instanceof DevinError) throw error;
    const failures = await setAside.note('message', id, { error });
    if (failures < MOST_FAILURES) throw error;
    log.error({ err: error, sessionId, eventId }, 'a message could not be posted in its thread');
    await calls.part(sessionId, eventId);
    await messages.skip(row);
    return null;
  }
}

/** null: everything is stored, or Devin gives nothing. */
async function fetchAll(
  { fetchMessages, findAttachments, log }: RelayDeps,
  followed: Followed,
  signal: AbortSignal,
): Promise<DevinError | null> {
  try {
    const count = await fetchMessages(followed, signal);
    await findAttachments(followed.session, count > 0, signal);
    return null;
  } catch (error) {
    if (!(error instanceof DevinError)) throw error;
    signal.throwIfAborted();
    const isFinal = error.code === 'not-found' || error.code === 'forbidden';
    if (!isFinal) return error;
    log.warn(
      { err: error, sessionId: followed.session.sessionId },
      'Devin refused the messages of a session',
    );
    return null;
  }
}

/** Tells the requester, once until something can be posted again. */
async function noteTrouble(deps: RelayDeps, session: SessionRow, code: string): Promise<void> {
  if (session.threadTrouble !== null) return;
  const request = await deps.requests.find(session.requestId);
  const told = request === null ? 'undeliverable' : await tellTrouble(deps, { request, session, code });
  // Otherwise the next try does.
  if (told !== 'retryable') await deps.sessions.change(session.sessionId, { threadTrouble: code });
}

type Trouble = { request: SessionRequest; session: SessionRow; code: string };

async function tellTrouble(
  { outbound, textFor }: RelayDeps,
  { request: { userId }, session, code }: Trouble,
): Promise<DeliveryResult> {
  const { thread, card } = await textFor(userId);
  const why = lookup(thread.troubleBecause, code) ?? thread.troubleOther(escape(code));
  const sentence = thread.trouble(why, link(session.url, card.buttons.open));
  const place = privatePlace({ userId, channelId: null, threadTs: null });
  return outbound.tellPrivately(place, notice([sentence]));
}
