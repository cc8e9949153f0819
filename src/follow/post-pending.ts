import type { Log } from '../log.ts';
import { backOffMs, retryWindow, soonIfBusy, sooner, type WithLease } from '../queue/index.ts';
import { notice } from '../slack/blocks/notices.ts';
import { escape, link, lookup } from '../slack/blocks/text.ts';
import { slackFailure, type SlackFailure } from '../slack/errors.ts';
import type { DeliveryResult, Outbound } from '../slack/outbound.ts';
import { privatePlace } from '../slack/places.ts';
import { CLOCK_MARGIN_S, type MetadataReader } from '../slack/posted-messages.ts';
import type { TextFor } from '../slack/text-for.ts';
import type { MilestoneRow } from '../store/milestones.ts';
import type { SessionRequest } from '../store/request-row.ts';
import { findFollowed } from '../store/requests.ts';
import type { MessageRow } from '../store/session-messages.ts';
import type { SessionRow } from '../store/sessions.ts';
import { MOST_FAILURES } from '../store/set-aside.ts';
import type { StoreParts } from '../store/store.ts';
import type { Notified } from './notified.ts';
import { triedForMs, type PostContext, type PostOutcome } from './post-message.ts';

export type RelayTimes = {
  /** After an unclear answer from Slack. */
  unclearMs: number;
  /** While the thread refuses messages, or Devin gives none. */
  troubleMs: number;
};
export const RELAY_TIMES: RelayTimes = { unclearMs: 2000, troubleMs: 10 * 60_000 };

type PendingDeps = {
  store: StoreParts<{
    sessions: 'find' | 'change';
    requests: 'find';
    messages: 'nextPending' | 'leaveOutPending' | 'skip' | 'skipThrough';
    setAside: 'note' | 'clear';
    calls: 'part';
  }>;
  metadata: Pick<MetadataReader, 'read'>;
  /** From when on the database knows what was posted. */
  knownSince: () => Date;
  postMessage: (session: SessionRow, row: MessageRow, context: PostContext) => Promise<PostOutcome>;
  outbound: Pick<Outbound, 'tellPrivately'>;
  times: RelayTimes;
  now: () => number;
  textFor: TextFor;
  log: Log;
};

/**
 * `isBusy`: Slack hasn't answered, so that nothing may overtake what waits; otherwise Slack has it, or refused it.
 * `againMs`: when to try again; null: nothing waits for that.
 */
type Pending = { isBusy: boolean; againMs: number | null };
const DONE: Pending = { isBusy: false, againMs: null };

/** Posts a session's messages that wait in its thread, in order and once each. */
export function createPostPending(deps: PendingDeps) {
  const { sessions, messages } = deps.store;
  const { times } = deps;

  function waiting(outcome: Exclude<PostOutcome, { kind: 'posted' | 'refused' }>, row: MessageRow): Pending {
    switch (outcome.kind) {
      case 'put-off':
        return { isBusy: false, againMs: outcome.afterMs };
      case 'rate-limited':
        return { isBusy: true, againMs: outcome.retryAfterMs };
      case 'unclear': {
        // Slack may fail with this message alone: while it's down, few calls are made, and the others count as rate-limited.
        const tried = { triedForMs: triedForMs(row, deps.now()) };
        if (retryWindow('message', tried).kind === 'wait') return { isBusy: true, againMs: times.unclearMs };
        return { isBusy: false, againMs: backOffMs(tried.triedForMs) };
      }
    }
  }

  /** The thread accepts nothing: retried for a while, and after that only when the session changes. */
  async function refused(session: SessionRow, row: MessageRow, code: string): Promise<Pending> {
    await noteTrouble(deps, session, code);
    const mayHelp = retryWindow('slack', { triedForMs: triedForMs(row, deps.now()) }).kind === 'wait';
    return { isBusy: false, againMs: mayHelp ? times.troubleMs : null };
  }

  return async (sessionId: string, context: PostContext): Promise<Pending> => {
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
      if (!hasSearched && row.attemptedAt === null && row.saidAt < deps.knownSince()) {
        const failure = await skipPosted(deps, session, row.saidAt);
        if (failure !== null) return waiting(failure, row);
        hasSearched = true;
        continue;
      }
      const outcome = await postOrSetAside(deps, session, { row, context });
      if (outcome?.kind === 'refused') return refused(session, row, outcome.code);
      if (outcome !== null && outcome.kind !== 'posted') return waiting(outcome, row);
      const isTakenAgain = outcome !== null && session.threadTrouble !== null;
      if (isTakenAgain) await sessions.change(sessionId, { threadTrouble: null });
    }
  };
}

/**
 * A database that was restored from a backup doesn't know what was posted after it, but the thread shows it. null: done;
 * otherwise nothing may be posted yet.
 */
async function skipPosted(
  { store: { messages }, metadata }: PendingDeps,
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

/** null: it failed so often that the next messages no longer wait for it. */
async function postOrSetAside(
  { store: { messages, calls, setAside }, postMessage, log }: PendingDeps,
  session: SessionRow,
  { row, context }: { row: MessageRow; context: PostContext },
): Promise<PostOutcome | null> {
  const { sessionId, eventId } = row;
  const id = `${sessionId}:${eventId}`;
  try {
    const outcome = await postMessage(session, row, context);
    if (outcome.kind === 'posted') await setAside.clear('message', id);
    return outcome;
  } catch (error) {
    if (context.signal.aborted) throw error;
    const failures = await setAside.note('message', id, { error });
    if (failures < MOST_FAILURES) throw error;
    log.error({ err: error, sessionId, eventId }, 'a message could not be posted in its thread');
    await calls.part(sessionId, eventId);
    await messages.skip(row);
    return null;
  }
}

/** Tells the requester, once until something can be posted again. */
async function noteTrouble(deps: PendingDeps, session: SessionRow, code: string): Promise<void> {
  if (session.threadTrouble !== null) return;
  const request = await deps.store.requests.find(session.requestId);
  const told = request === null ? 'undeliverable' : await tellTrouble(deps, { request, session, code });
  // Otherwise the next try does.
  if (told !== 'retryable') await deps.store.sessions.change(session.sessionId, { threadTrouble: code });
}

async function tellTrouble(
  { outbound, textFor }: PendingDeps,
  { request: { userId }, session, code }: { request: SessionRequest; session: SessionRow; code: string },
): Promise<DeliveryResult> {
  const { thread, card } = await textFor(userId);
  const why = lookup(thread.troubleBecause, code) ?? thread.troubleOther(escape(code));
  const sentence = thread.trouble(why, link(session.url, card.buttons.open));
  const place = privatePlace({ userId, channelId: null, threadTs: null });
  return outbound.tellPrivately(place, notice([sentence]));
}

type OutboxDeps = {
  store: StoreParts<{ sessions: 'find'; requests: 'find'; milestones: 'pending' }>;
  notified: Pick<Notified, 'where'>;
  postPending: (sessionId: string, context: PostContext) => Promise<Pending>;
  notify: (sessionId: string, rows: MilestoneRow[], context: PostContext) => Promise<number | null>;
  withLease: WithLease;
};

/**
 * Posts what waits of a session, by one process at a time: its messages, then the notices, which come after them in the
 * thread. Notices that go elsewhere don't wait for the thread.
 */
export function createOutbox(deps: OutboxDeps) {
  const { milestones } = deps.store;
  const { notified, postPending, notify, withLease } = deps;

  async function areDirect(sessionId: string): Promise<boolean> {
    const followed = await findFollowed(deps.store, sessionId);
    return followed !== null && (await notified.where(followed.session, followed.request)) !== 'thread';
  }

  async function postAll(sessionId: string, context: PostContext): Promise<number | null> {
    // What comes from now on may have words before it that come after those posted now.
    const rows = await milestones.pending(sessionId);
    const tell = async (): Promise<number | null> => notify(sessionId, rows, context);
    if (rows.length > 0 && (await areDirect(sessionId)))
      return sooner(await tell(), (await postPending(sessionId, context)).againMs);
    const { isBusy, againMs } = await postPending(sessionId, context);
    return isBusy ? againMs : sooner(againMs, await tell());
  }

  return async (sessionId: string, signal: AbortSignal): Promise<number | null> =>
    soonIfBusy(
      withLease(`post-waiting:${sessionId}`, async (lease) =>
        postAll(sessionId, { signal: AbortSignal.any([signal, lease.held]), lease }),
      ),
    );
}
