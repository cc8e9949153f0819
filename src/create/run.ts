import type { PostNewCard } from '../cards/index.ts';
import type { Enqueue, Lease, Resumption, WithLease } from '../queue/index.ts';
import { EARLY_CARD_MS, isOpen } from '../session/request.ts';
import type { OpenState } from '../session/request.ts';
import type { SessionRequest } from '../store/request-row.ts';
import { requestLease } from '../store/requests.ts';
import type { Requests } from '../store/requests.ts';
import type { FindSession } from './find-session.ts';
import type { Adopt } from './send.ts';
import type { CreateStep, Run } from './step.ts';
import type { Transitions } from './transitions.ts';

type RunDeps = {
  requests: Pick<Requests, 'find'>;
  withLease: WithLease;
  enqueue: Enqueue;
  steps: Record<OpenState, CreateStep>;
  postNewCard: PostNewCard;
};

/**
 * Takes a request as far as it goes: accepted -> identified -> attached -> sending -> created. Any step may be
 * the last this process does; the row says where to go on.
 */
export function createSessionCreator({ requests, withLease, enqueue, steps, postNewCard }: RunDeps) {
  async function again(id: string, startAfterMs: number): Promise<void> {
    await enqueue('create-session', { requestId: id }, { key: id, startAfterMs });
  }

  /** Returns the request once nothing more is to be done for it, whatever it came to. */
  async function walk(run: Run): Promise<SessionRequest | null> {
    let { request } = run;
    while (isOpen(request.state) && !run.signal.aborted) {
      const outcome = await steps[request.state]({ ...run, request });
      if (outcome.kind === 'leave') return null;
      if (outcome.kind === 'later') {
        await again(request.id, outcome.afterMs);
        return null;
      }
      request = outcome.request;
    }
    return request;
  }

  /** What takes long to be created has a card meanwhile. The card goes its own way beside it. */
  function showIfSlow(id: string): { isSlow: () => boolean; stop: () => void } {
    let isSlow = false;
    const timer = setTimeout(() => {
      isSlow = true;
      // The sweep finds what could not be queued.
      enqueue('update-card', { requestId: id }, { key: id }).catch(() => undefined);
    }, EARLY_CARD_MS);
    return { isSlow: () => isSlow, stop: () => clearTimeout(timer) };
  }

  return async (requestId: string, signal: AbortSignal): Promise<void> => {
    const found = await requests.find(requestId);
    if (found === null) return;
    const { isSlow, stop } = showIfSlow(requestId);
    // Before the first transition of a request, things are only looked up.
    const late = found.state === 'accepted';
    // Another process that has the lease goes on; one that died is found by the sweep.
    const walked = async (lease: Lease): Promise<SessionRequest | null> => {
      const request = late ? found : await requests.find(requestId);
      if (request === null) return null;
      return walk({ request, lease, isSlow, signal: AbortSignal.any([signal, lease.held]) });
    };
    const leased = await withLease(requestLease(requestId), walked, { late }).finally(stop);
    if (leased.kind === 'done' && leased.result?.state === 'created' && leased.result.cardTs === null)
      await postNewCard(leased.result);
  };
}

type ResumeDeps = {
  requests: Pick<Requests, 'find'>;
  findSession: FindSession;
  adopt: Adopt;
  transitions: Transitions;
  now: () => number;
};

/** An approval is for one session: another one needs its own. */
const NOTHING_APPROVED = { approved: [], approvedAs: null };

/** What the buttons of a card that ended do. Each moves the request only from the state its button was shown in. */
export function createResumer({ requests, findSession, adopt, transitions, now }: ResumeDeps) {
  async function goOn(request: SessionRequest, to: 'accepted' | 'attached'): Promise<void> {
    const changes = {
      checkedAt: null,
      failure: null,
      sentAt: null,
      ...NOTHING_APPROVED,
      resumedAt: new Date(now()),
    };
    await transitions.move({ id: request.id, from: request.state, to, changes }, { card: true, run: true });
  }

  /** Looks once; true when the session turned up. */
  async function found(request: SessionRequest): Promise<boolean> {
    const session = await findSession(request);
    if (session !== null) await adopt(request, session, { asked: true });
    return session !== null;
  }

  return async (requestId: string, how: Resumption): Promise<void> => {
    const request = await requests.find(requestId);
    if (request === null) return;
    const { state } = request;
    if (how === 'try-again' && (state === 'failed' || state === 'refused')) await goOn(request, 'accepted');
    if (how === 'check-again' && state === 'unknown' && !(await found(request))) {
      await transitions.stay({ request }, { checkedAt: new Date(now()) }, { card: true });
    }
    if (how === 'start-anyway' && state === 'unknown' && !(await found(request)))
      await goOn(request, 'attached');
  };
}
