import type { SessionRequest } from '../store/request-row.ts';

/** What a step of the way from request to session came to. */
export type StepOutcome =
  /** On to the step of the request's new state. */
  | { kind: 'next'; request: SessionRequest }
  /** Nothing more can be done now; again after a while. */
  | { kind: 'later'; afterMs: number }
  /** Another process moved the request, or this one is stopping: the next run reads the row. */
  | { kind: 'leave' };

export type CreateStep = (request: SessionRequest, signal: AbortSignal) => Promise<StepOutcome>;

export function nextOrLeave(request: SessionRequest | null): StepOutcome {
  return request === null ? { kind: 'leave' } : { kind: 'next', request };
}
