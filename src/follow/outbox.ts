import { soonIfBusy, sooner, type WithLease } from '../queue/index.ts';
import type { MilestoneRow } from '../store/milestones.ts';
import { findFollowed } from '../store/requests.ts';
import type { StoreParts } from '../store/store.ts';
import type { Notified } from './notified.ts';
import type { PostContext } from './post-message.ts';

type OutboxDeps = {
  store: StoreParts<{ sessions: 'find'; requests: 'find'; milestones: 'pending' }>;
  notified: Pick<Notified, 'where'>;
  postPending: (
    sessionId: string,
    context: PostContext,
  ) => Promise<{ isBusy: boolean; againMs: number | null }>;
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
