import { askedAt } from '../store/request-row.ts';
import type { SessionRequest } from '../store/request-row.ts';
import { requestLease } from '../store/requests.ts';
import type { Requests } from '../store/requests.ts';
import { EARLY_CARD_MS, isOpen } from '../session/request.ts';
import type { OpenState } from '../session/request.ts';
import type { Enqueue, WithLease } from '../queue/index.ts';
import type { CreateStep, Run } from './outcome.ts';

type RunDeps = {
  requests: Pick<Requests, 'find'>;
  withLease: WithLease;
  enqueue: Enqueue;
  steps: Record<OpenState, CreateStep>;
  now: () => number;
};

/**
 * Takes a request as far as it goes: accepted -> identified -> attached -> sending -> created. Any step may be
 * the last this process does; the row says where to go on. The card goes its own way beside it.
 */
export function createSessionCreator({ requests, withLease, enqueue, steps, now }: RunDeps) {
  async function again(id: string, startAfterMs: number): Promise<void> {
    await enqueue('create-session', { requestId: id }, { key: id, startAfterMs });
  }

  /** A request that took long to find out who asks gets a card from then on. */
  async function showIfSlow(request: SessionRequest): Promise<void> {
    const { id, state, cardTs: ts } = request;
    if (state !== 'identified' || ts !== null || now() - askedAt(request).getTime() < EARLY_CARD_MS) return;
    await enqueue('update-card', { requestId: id }, { key: id });
  }

  async function walk({ lease, signal, ...run }: Run): Promise<void> {
    let { request } = run;
    while (isOpen(request.state) && !signal.aborted) {
      const outcome = await steps[request.state]({ request, lease, signal });
      if (outcome.kind === 'leave') return;
      if (outcome.kind === 'later') return again(request.id, outcome.afterMs);
      request = outcome.request;
      await showIfSlow(request);
    }
  }

  return async (requestId: string, signal: AbortSignal): Promise<void> => {
    // Another process that has the lease goes on; one that died is found by the sweep.
    await withLease(requestLease(requestId), async (lease) => {
      const request = await requests.find(requestId);
      if (request !== null) await walk({ request, lease, signal: AbortSignal.any([signal, lease.held]) });
    });
  };
}
