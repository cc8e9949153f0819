import { DevinError, isTooLarge } from '../devin/errors.ts';
import type { Log } from '../log.ts';
import { soonIfBusy, type Enqueue, type WithLease } from '../queue/index.ts';
import { STANDING } from '../session/lifecycle.ts';
import { findFollowed, type Followed } from '../store/requests.ts';
import type { SessionRow } from '../store/sessions.ts';
import type { StoreParts } from '../store/store.ts';
import { TOO_LARGE } from './post-message.ts';
import type { RelayTimes } from './post-pending.ts';
import type { FindAttachments } from './share-file.ts';

/** Less than the queue retries for. */
const WITH_QUEUE_MS = 30 * 60_000;
/** After that, nobody waits for what was said. */
const UNREAD_MS = 24 * 60 * 60_000;

/** The lease under which a session's messages are read, by one at a time. */
export const relayLease = (sessionId: string): string => `relay-from-devin:${sessionId}`;

type RelayDeps = {
  store: StoreParts<{
    sessions: 'find';
    requests: 'find';
    messages: 'nextPending' | 'known' | 'add';
    milestones: 'hear' | 'pending';
    calls: 'answered';
  }>;
  fetchMessages: (followed: Followed, signal: AbortSignal) => Promise<number>;
  findAttachments: FindAttachments;
  withLease: WithLease;
  enqueue: Enqueue;
  times: Pick<RelayTimes, 'troubleMs'>;
  now: () => number;
  log: Log;
};

/** Stores what was said in a session, then has what waits for its thread posted: also if Devin gives nothing. */
export function createRelayFromDevin(deps: RelayDeps) {
  const { milestones } = deps.store;
  const { withLease, enqueue } = deps;

  async function relay(followed: Followed, signal: AbortSignal): Promise<number | null> {
    const { sessionId, phase, told } = followed.session;
    const failure = await fetchAll(deps, followed, signal);
    // Of one that came after the fetch, Devin's words aren't here yet.
    if (failure === null) await milestones.hear(sessionId, told);
    if (await hasToPost(deps, sessionId))
      await enqueue('post-waiting', { sessionId }, { interactive: STANDING[phase] === 'needs-you' });
    if (failure === null) return null;
    // If Devin doesn't say when, the queue retries.
    const retryAfterMs = failure.retryAfterMs ?? laterMs(deps, followed.session);
    if (retryAfterMs === null) throw failure;
    return retryAfterMs;
  }

  return async (sessionId: string, signal: AbortSignal): Promise<number | null> => {
    const relaying = withLease(relayLease(sessionId), async ({ held }) => {
      const followed = await findFollowed(deps.store, sessionId);
      return followed === null ? null : relay(followed, AbortSignal.any([signal, held]));
    });
    return soonIfBusy(relaying);
  };
}

/** When to read again what the queue would give up after about an hour, such as a session's last words; null: it retries. */
function laterMs({ times, now }: RelayDeps, { changedAt }: SessionRow): number | null {
  const quietMs = now() - changedAt.getTime();
  return quietMs > WITH_QUEUE_MS && quietMs < UNREAD_MS ? times.troubleMs : null;
}

async function hasToPost({ store }: RelayDeps, sessionId: string): Promise<boolean> {
  const { messages, milestones, calls } = store;
  if ((await messages.nextPending(sessionId)) !== null) return true;
  const waiting = await milestones.pending(sessionId);
  if (waiting.length > 0) return waiting.some(({ dueInMs }) => dueInMs === 0);
  return (await calls.answered(sessionId)).length > 0;
}

/** null: everything is stored, or Devin gives nothing. */
async function fetchAll(
  deps: RelayDeps,
  followed: Followed,
  signal: AbortSignal,
): Promise<DevinError | null> {
  const { store, fetchMessages, findAttachments, log } = deps;
  const { sessionId } = followed.session;
  try {
    // Each attempt would load all of it, in vain.
    const isStuck = (await store.messages.known(sessionId, [TOO_LARGE])).size > 0;
    const count = isStuck ? 0 : await fetchMessages(followed, signal);
    await findAttachments(followed.session, count > 0, signal);
    return null;
  } catch (error) {
    if (!(error instanceof DevinError)) throw error;
    signal.throwIfAborted();
    const isRefused = error.code === 'not-found' || error.code === 'forbidden';
    if (!isRefused && !isTooLarge(error)) return error;
    log.warn({ err: error, sessionId }, "a session's messages are refused by Devin, or too large to read");
    if (!isRefused) await sayTooLarge(deps, followed.session);
    return null;
  }
}

/** Once: what comes after it can't be read either. */
async function sayTooLarge({ store, now }: RelayDeps, { sessionId, synced }: SessionRow): Promise<void> {
  const state = synced ? 'pending' : 'left-out';
  const row = { eventId: TOO_LARGE, source: TOO_LARGE, text: '', state, saidAt: new Date(now()) } as const;
  await store.messages.add(sessionId, [row]);
}
