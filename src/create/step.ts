import { hasCard } from '../cards/index.ts';
import { DevinError } from '../devin/errors.ts';
import { retryWindow } from '../queue/index.ts';
import type { Lease } from '../queue/index.ts';
import type { Failure } from '../session/failure.ts';
import type { Envelopes } from '../store/envelope.ts';
import { askedAt } from '../store/request-row.ts';
import type { SessionRequest } from '../store/request-row.ts';
import type { Transitions } from './transitions.ts';

/** What a step of the way from request to session came to. */
export type StepOutcome =
  /** On to the step of the request's new state. */
  | { kind: 'next'; request: SessionRequest }
  /** Nothing more can be done now; again after a while. */
  | { kind: 'later'; afterMs: number }
  /** Another process moved the request, or this one is stopping: the next run reads the row. */
  | { kind: 'leave' };

/** A request that this process works on. `signal` aborts when the app stops, or another process takes over. */
export type Run = {
  request: SessionRequest;
  lease: Lease;
  /** Whether it is time for a card without a URL. */
  isSlow: () => boolean;
  signal: AbortSignal;
};

export type CreateStep = (run: Run) => Promise<StepOutcome>;

export function nextOrLeave(request: SessionRequest | null): StepOutcome {
  return request === null ? { kind: 'leave' } : { kind: 'next', request };
}

/** What an error of the Devin client means for a request. */
export type DevinTrouble =
  | { kind: 'wait'; waiting: 'busy' | 'down'; retryAfterMs: number | null }
  /** `failure`: with Devin's own reason; null: it gave none. */
  | { kind: 'unknown-outcome'; failure: Failure | null }
  | { kind: 'final'; failure: Failure };

/** Rethrows what is not Devin's: a bug is not explained away. */
export function devinTrouble(error: unknown): DevinTrouble {
  if (!(error instanceof DevinError)) throw error;
  switch (error.code) {
    case 'rate-limited':
      return { kind: 'wait', waiting: 'busy', retryAfterMs: error.retryAfterMs };
    case 'not-sent':
      return { kind: 'wait', waiting: 'down', retryAfterMs: null };
    case 'unavailable':
    case 'no-answer':
      return { kind: 'unknown-outcome', failure: error.facts.detail === null ? null : failureOf(error) };
    case 'invalid-request':
    case 'unauthorized':
    case 'forbidden':
    case 'not-found':
    case 'conflict':
    case 'unexpected':
      return { kind: 'final', failure: failureOf(error) };
  }
}

function failureOf({ facts }: DevinError): Failure {
  return { kind: 'devin', ...facts };
}

type Waiting = { waiting: 'busy' | 'down'; retryAfterMs: number | null };
type WaitDeps = { transitions: Transitions; end: EndRequest; now: () => number };

export type EndRequest = (run: Run, failure: Failure) => Promise<StepOutcome>;

/** Waits as long as Devin says, else longer each time; says so on the card, or privately if there is none yet. */
export async function waitFor(
  run: Run,
  { waiting, retryAfterMs }: Waiting,
  { transitions, end, now }: WaitDeps,
): Promise<StepOutcome> {
  const { request } = run;
  const retry = retryWindow('devin', { triedForMs: now() - askedAt(request).getTime(), retryAfterMs });
  if (retry.kind === 'over') {
    const { askedToWaitMs } = retry;
    return end(run, { kind: 'gave-up', waiting, ...(askedToWaitMs !== null && { askedToWaitMs }) });
  }
  if (request.waiting !== waiting) {
    // Before it is known who asks, there is no card: a refusal leaves none behind.
    await transitions.stay(run, { waiting }, hasCard(request) ? { card: true } : { tell: 'queued' });
  }
  return { kind: 'later', afterMs: retry.afterMs };
}

/**
 * Ends a request without a session: on its card, or privately if it has none. Why it was refused is the person's own
 * business. Session secrets are erased.
 */
export function createEnd(transitions: Transitions, envelopes: Envelopes): EndRequest {
  return async ({ request, lease }, failure) => {
    const refused = ['identity', 'limit', 'policy'].includes(failure.kind);
    const ended = await transitions.move(
      {
        id: request.id,
        from: request.state,
        to: refused ? 'refused' : 'failed',
        changes: { failure, waiting: null, sealed: envelopes.withoutSecrets(request.id, request.sealed) },
      },
      (moved) => ({
        card: hasCard(moved),
        outcome: !refused && hasCard(moved),
        ...((refused || !hasCard(moved)) && { tell: 'refused' as const }),
      }),
      { lease },
    );
    return nextOrLeave(ended);
  };
}
