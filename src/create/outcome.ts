import type { Lease } from '../queue/index.ts';
import type { SessionRequest } from '../store/request-row.ts';

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
