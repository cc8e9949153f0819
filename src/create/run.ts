import { askedAt } from '../store/request-row.ts';
import type { SessionRequest } from '../store/request-row.ts';
import type { Requests } from '../store/requests.ts';
import { EARLY_CARD_MS, isOpen } from '../session/request.ts';
import type { OpenState } from '../session/request.ts';
import type { Enqueue } from '../queue/index.ts';
import type { CreateStep } from './outcome.ts';

type RunDeps = {
  requests: Pick<Requests, 'claim' | 'renew' | 'release'>;
  enqueue: Enqueue;
  steps: Record<OpenState, CreateStep>;
  /** Names this process among the replicas. */
  owner: string;
  leaseMs: number;
  now: () => number;
};

type Left = { kind: 'ended' } | { kind: 'open'; restMs: number };
const OPEN: Left = { kind: 'open', restMs: 0 };

/**
 * Takes a request as far as it goes: accepted -> identified -> attached -> sending -> created. Any step may be
 * the last this process does; the row says where to go on. The card goes its own way beside it.
 */
export function createSessionCreator({ requests, enqueue, steps, owner, leaseMs, now }: RunDeps) {
  /** A request that took long to find out who asks gets a card from then on. */
  async function showIfSlow(request: SessionRequest): Promise<void> {
    const { id, state, cardTs: ts } = request;
    if (state !== 'identified' || ts !== null || now() - askedAt(request).getTime() < EARLY_CARD_MS) return;
    await enqueue('update-card', { requestId: id }, { key: id });
  }

  /** How the request is left behind. `ended`: nobody will ask for it again, and the lease may stay. */
  async function walk(first: SessionRequest, signal: AbortSignal): Promise<Left> {
    let request = first;
    while (isOpen(request.state) && !signal.aborted) {
      const outcome = await steps[request.state](request, signal);
      if (outcome.kind === 'leave') return OPEN;
      if (outcome.kind === 'later') {
        const { id } = request;
        await enqueue('create-session', { requestId: id }, { key: id, startAfterMs: outcome.afterMs });
        return { kind: 'open', restMs: outcome.afterMs };
      }
      request = outcome.request;
      await showIfSlow(request);
    }
    return isOpen(request.state) ? OPEN : { kind: 'ended' };
  }

  return async (requestId: string, signal: AbortSignal): Promise<void> => {
    const claimed = await requests.claim(requestId, owner);
    if (claimed === null) return;
    const renewal = setInterval(() => {
      // A lapsed lease is noticed by the transitions, which only move a request that is where it was.
      requests.renew(requestId, owner).catch(() => undefined);
    }, leaseMs / 3);
    let left: Left = OPEN;
    try {
      left = await walk(claimed, signal);
    } finally {
      clearInterval(renewal);
      if (left.kind === 'open') await requests.release(requestId, owner, left.restMs);
    }
  };
}
