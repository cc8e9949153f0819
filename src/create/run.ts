import { Later, lookupFailure } from '../failures.ts';
import { LeaseLostError, retryWindow, type Enqueue, type Lease, type WithLease } from '../queue/index.ts';
import { hasCard, type ShowNow } from '../reconcile/index.ts';
import type { Approval, UnapprovedEnd } from '../session/approval.ts';
import type { WithNames } from '../session/defaults.ts';
import { isRefusal, type Failure } from '../session/failure.ts';
import { FOUND_LATE } from '../session/milestones.ts';
import { isOpen, type OpenState, type RequestState } from '../session/request.ts';
import type { SessionSnapshot } from '../session/snapshot.ts';
import { askedAt, type SessionRequest } from '../store/request-row.ts';
import { requestLease } from '../store/requests.ts';
import type { SessionRow } from '../store/sessions.ts';
import { cardKey } from '../store/shown.ts';
import type { StoreParts } from '../store/store.ts';
import { endUnapproved } from './approval.ts';
import type { Conditions, Earlier, Effects, Onward, Transitions } from './transitions.ts';

/** How a step on the way from request to session ended. */
export type StepOutcome =
  /** On to the step of the request's new state. `session`: if it was bound just now. */
  | { kind: 'next'; request: SessionRequest; session?: SessionRow | null }
  /** Nothing more can be done now; try again then. */
  | { kind: 'later'; afterMs: number }
  /** Another process moved the request, or this one is stopping; the next run reads the row. */
  | { kind: 'leave' };

/** A request that this process works on. `signal` aborts if the app stops or another process takes over. */
export type Run = {
  request: SessionRequest;
  lease: Lease;
  /** Whether it is time for a card without a URL. */
  signal: AbortSignal;
};

export type CreateStep = (run: Run) => Promise<StepOutcome>;

/** So soon after they asked, people hear of a failure privately: nobody needs a ping. */
const STILL_THERE_MS = 60_000;

type FlowDeps = { transitions: Pick<Transitions, 'move'>; now: () => number };
type Advance = Onward & Pick<Conditions, 'onlyIf'>;

export type Flow = ReturnType<typeof createFlow>;

/** What a step does with its request. */
export function createFlow({ transitions, now }: FlowDeps) {
  /** On to another state, unless another process moved it first. */
  async function advance({ request, lease }: Run, { onlyIf, ...next }: Advance): Promise<StepOutcome> {
    const conditions = { lease, ...(onlyIf !== undefined && { onlyIf }) };
    const moved = await transitions.move({ request, ...next }, conditions);
    return moved === null ? { kind: 'leave' } : { kind: 'next', ...moved };
  }

  /** Ends it without a session, on its card, if any. Why it was refused only the person hears. */
  async function end(run: Run, failure: Failure, earlier?: Earlier): Promise<StepOutcome> {
    const refused = isRefusal(failure);
    const isSoon = now() - askedAt(run.request).getTime() < STILL_THERE_MS;
    const effects = (moved: SessionRequest) => ({
      ...(hasCard(moved) && { card: 'now' as const }),
      ...(refused || isSoon || !hasCard(moved) ? { tell: 'refused' as const } : { outcome: true }),
    });
    const to = refused ? 'refused' : 'failed';
    return advance(run, { to, changes: { failure }, effects, ...(earlier !== undefined && { earlier }) });
  }

  /** Something changed since it was approved. */
  async function endApproval(
    run: Run,
    { approval, end: kind }: { approval: Approval; end: UnapprovedEnd },
  ): Promise<StepOutcome> {
    return advance(run, endUnapproved(run.request, approval, { kind, atMs: now() }));
  }

  /** Waits as long as Devin asks, or longer each time; says so on the card, or privately if there is none yet. */
  async function wait(run: Run, { why: waiting, afterMs: retryAfterMs }: Later): Promise<StepOutcome> {
    const { request } = run;
    const retry = retryWindow('devin', { triedForMs: now() - askedAt(request).getTime(), retryAfterMs });
    if (retry.kind === 'over') {
      const { askedToWaitMs } = retry;
      return end(run, { kind: 'gave-up', waiting, ...(askedToWaitMs !== null && { askedToWaitMs }) });
    }
    if (request.waiting !== waiting) {
      // There is no card until it's known who asks: a refusal must leave none behind.
      const effects = hasCard(request) ? { card: 'now' as const } : { tell: 'queued' as const };
      await advance(run, { to: request.state, changes: { waiting }, effects });
    }
    return { kind: 'later', afterMs: retry.afterMs };
  }

  /** Ends only if asking again can't help. */
  async function afterLookup(run: Run, error: unknown): Promise<StepOutcome> {
    const word = lookupFailure(error);
    return word instanceof Later ? wait(run, word) : end(run, word.failure);
  }

  return { advance, end, endApproval, wait, afterLookup };
}

/** `asked`: by a person, who needn't be told what was found. `lease`: of the process that works on the request. */
type How = { asked?: boolean; lease?: Lease };

/**
 * Binds a session to its request, which is then `created`, whatever it was before. If it had ended, the person is told,
 * unless they asked for the search themselves.
 */
export type Adopt = (request: SessionRequest, session: SessionSnapshot, how?: How) => Promise<StepOutcome>;

type AdoptDeps = {
  transitions: Pick<Transitions, 'move'>;
  store: StoreParts<{ envelopes: 'open' }>;
  withNames: WithNames;
};

export function createAdopt({ store: { envelopes }, transitions, withNames }: AdoptDeps): Adopt {
  return async (request, session, { asked = false, ...held } = {}) => {
    const { id, sealed } = request;
    const { sessionId, url } = session;
    const changes = { sessionId, draft: withNames(request.draft), failure: null };
    // A notice may still be on its way.
    const hasNotice = envelopes.open(id, sealed)?.noticeUrl !== undefined;
    const moveFrom = async (state: RequestState, under: Pick<How, 'lease'>) => {
      const hadEnded = !isOpen(state);
      const effects: Effects = {
        card: under.lease === undefined ? 'now' : 'soon',
        ...(hasNotice && { tell: 'started' as const }),
        session: {
          sessionId,
          requestId: id,
          url,
          snapshot: session,
          ...(hadEnded && !asked && { told: [FOUND_LATE] }),
        },
      };
      return transitions.move({ request: { ...request, state }, to: 'created', changes, effects }, under);
    };
    // A session that exists beats a verdict of `unknown` reached meanwhile.
    const moved = (await moveFrom(request.state, held)) ?? (await moveFrom('unknown', {}));
    return moved === null ? { kind: 'leave' } : { kind: 'next', ...moved };
  };
}

type RunDeps = {
  store: StoreParts<{ requests: 'find' }>;
  withLease: WithLease;
  enqueue: Enqueue;
  steps: Record<OpenState, CreateStep>;
  show: ShowNow;
};

/**
 * Takes a request as far as possible: accepted -> identified -> attached -> sending -> created. The process may die after
 * any step; the row says where to continue.
 */
export function createSessionCreator(deps: RunDeps) {
  const { requests } = deps.store;
  const { withLease, enqueue, steps, show } = deps;

  async function walk(run: Run): Promise<StepOutcome> {
    let outcome: StepOutcome = { kind: 'next', request: run.request };
    while (outcome.kind === 'next' && isOpen(outcome.request.state) && !run.signal.aborted)
      outcome = await steps[outcome.request.state]({ ...run, request: outcome.request });
    return outcome;
  }

  return async (requestId: string, signal: AbortSignal): Promise<void> => {
    const found = await requests.find(requestId);
    if (found === null) return;
    // Before its first transition, a request only needs lookups.
    const late = found.state === 'accepted';
    // If another process holds the lease, it continues; if it died, its job begins again.
    const walked = async (lease: Lease): Promise<StepOutcome> => {
      const request = late ? found : await requests.find(requestId);
      if (request === null) return { kind: 'leave' };
      const outcome = await walk({ request, lease, signal: AbortSignal.any([signal, lease.held]) });
      // Before the lease ends: the sweep takes up at once what has neither a lease nor a job.
      if (outcome.kind === 'later')
        await enqueue('create-session', { requestId }, { startAfterMs: outcome.afterMs });
      return outcome;
    };
    const outcome = await withLease(requestLease(requestId), walked, { late }).catch((error: unknown) => {
      if (error instanceof LeaseLostError) return null;
      throw error;
    });
    // The URL first: a job does it a little later, if it can't be shown now.
    if (outcome?.kind === 'next' && outcome.request.state === 'created') await show(cardKey(requestId));
  };
}
