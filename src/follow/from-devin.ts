import { DevinError, isTooLarge } from '../devin/errors.ts';
import { STANDING } from '../session/lifecycle.ts';
import { heldMs } from '../session/milestones.ts';
import { findFollowed, type Followed } from '../store/requests.ts';
import type { FollowContext } from './context.ts';
import { fetchMessages } from './fetch-messages.ts';
import { TOO_LARGE } from './post-message.ts';
import { findFiles } from './share-file.ts';

/** Less than the queue retries for. */
const WITH_QUEUE_MS = 30 * 60_000;
/** After that, nobody waits for what was said. */
const UNREAD_MS = 24 * 60 * 60_000;

/** The lease under which a session's messages are read, by one at a time. */
const relayLease = (sessionId: string): string => `relay-from-devin:${sessionId}`;

/** Stores what was said in a session, then has what waits for its thread posted: also if Devin gives nothing. */
export async function relayFromDevin(
  c: FollowContext,
  sessionId: string,
  signal: AbortSignal,
): Promise<number | null> {
  return c.withLease(relayLease(sessionId), async ({ held }) => {
    const followed = await findFollowed(c.store, sessionId);
    return followed === null ? null : relay(c, followed, AbortSignal.any([signal, held]));
  });
}

async function relay(c: FollowContext, followed: Followed, signal: AbortSignal): Promise<number | null> {
  const { messages, milestones, calls } = c.store;
  const { sessionId, phase, told, changedAt } = followed.session;
  const failure = await fetchAll(c, followed, signal);
  for (const row of await milestones.pending(sessionId))
    // Of one that came after the fetch, Devin's words aren't here yet.
    if (failure === null && told.includes(row.key))
      await milestones.hear(row, heldMs(row.key, c.tuning.watchTimes.holdMs));
  const waits =
    (await messages.nextPending(sessionId)) !== null ||
    (await milestones.pending(sessionId)).length > 0 ||
    (await calls.answered(sessionId)).length > 0;
  if (waits) await c.enqueue('post-waiting', { sessionId }, { interactive: STANDING[phase] === 'needs-you' });
  if (failure === null) return null;
  // If Devin doesn't say when, the queue retries; but it would give up after about an hour what is left, such as last words.
  const quietMs = c.tuning.now() - changedAt.getTime();
  const isLate = quietMs > WITH_QUEUE_MS && quietMs < UNREAD_MS;
  const againMs = failure.retryAfterMs ?? (isLate ? c.tuning.relayTimes.troubleMs : null);
  if (againMs === null) throw failure;
  return againMs;
}

/** null: everything is stored, or Devin gives nothing. */
async function fetchAll(
  c: FollowContext,
  followed: Followed,
  signal: AbortSignal,
): Promise<DevinError | null> {
  const { messages } = c.store;
  const { session } = followed;
  const { sessionId } = session;
  try {
    // Each attempt would load all of it, in vain.
    const isStuck = (await messages.known(sessionId, [TOO_LARGE])).size > 0;
    const count = isStuck ? 0 : await fetchMessages(c, followed, signal);
    await findFiles(c, session, { hasSpoken: count > 0, signal });
    return null;
  } catch (error) {
    if (!(error instanceof DevinError)) throw error;
    signal.throwIfAborted();
    const isRefused = error.code === 'not-found' || error.code === 'forbidden';
    if (!isRefused && !isTooLarge(error)) return error;
    c.tuning.log.warn(
      { err: error, sessionId },
      "a session's messages are refused by Devin, or too large to read",
    );
    const saidAt = new Date(c.tuning.now());
    const state = 'pending';
    // Once: what comes after it can't be read either.
    if (!isRefused)
      await messages.add(sessionId, [{ eventId: TOO_LARGE, source: TOO_LARGE, text: '', state, saidAt }]);
    return null;
  }
}
