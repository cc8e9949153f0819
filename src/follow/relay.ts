import { DevinError, isTooLarge } from '../devin/errors.ts';
import { backOffMs, sooner } from '../queue/index.ts';
import { findFollowed, type Followed } from '../store/requests.ts';
import type { FollowContext } from './context.ts';
import { fetchMessages } from './fetch-messages.ts';
import { findFiles } from './files.ts';
import { postWaiting } from './post-waiting.ts';

/** After that, nobody waits for what was said. */
const UNREAD_MS = 24 * 60 * 60_000;

/**
 * Stores what was said in a session, then posts what its thread doesn't show yet: also if Devin gives nothing. By one process
 * at a time. Returns when to run again, in ms; null: nothing waits.
 */
export async function relayFromDevin(
  c: FollowContext,
  sessionId: string,
  signal: AbortSignal,
): Promise<number | null> {
  return c.withLease(`relay-from-devin:${sessionId}`, async (lease) => {
    const context = { signal: AbortSignal.any([signal, lease.held]), lease };
    const before = await c.store.messages.milestones(sessionId);
    const followed = await findFollowed(c.store, sessionId);
    if (followed === null) return null;
    const retryMs = await fetchAll(c, followed, context.signal);
    const fetched = new Set(retryMs === null ? before.map(({ key }) => key) : []);
    return sooner(retryMs, await postWaiting(c, sessionId, { ...context, fetched }));
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
    c.tuning.log.warn({ err: error, sessionId }, "a session's messages could not be read");
    if (error.code === 'not-found' || error.code === 'forbidden' || isTooLarge(error)) return null;
    const quietMs = c.tuning.now() - changedAt.getTime();
    return error.retryAfterMs ?? (quietMs < UNREAD_MS ? backOffMs(quietMs) : null);
  }
}
