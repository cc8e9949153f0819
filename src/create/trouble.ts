import { DevinError } from '../devin/errors.ts';
import type { Failure } from '../session/failure.ts';
import type { RefusedIdentity } from '../session/identity.ts';
import { slackFailure } from '../slack/edge/errors.ts';

/** What an error of the Devin client means for a request. */
export type DevinTrouble =
  | { kind: 'wait'; waiting: 'busy' | 'down'; retryAfterMs: number | null }
  /** `failure`: Devin's reason; null: it gave none. */
  | { kind: 'unknown-outcome'; failure: Failure | null }
  | { kind: 'final'; failure: Failure };

/** Rethrows what isn't Devin's. */
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
    case 'payment-required':
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

export function refusedAs({ reason, maskedEmail, about }: RefusedIdentity): Failure {
  return { kind: 'identity', reason, maskedEmail, about };
}

/** A lookup changes nothing, so it can be repeated whatever happened to its answer. */
export function lookupTrouble(error: unknown) {
  if (!(error instanceof DevinError)) {
    const failure = slackFailure(error);
    const retryAfterMs = failure.kind === 'rate-limited' ? failure.retryAfterMs : null;
    return { kind: 'wait', waiting: 'slack', retryAfterMs } as const;
  }
  const trouble = devinTrouble(error);
  if (trouble.kind === 'unknown-outcome')
    return { kind: 'wait', waiting: 'down', retryAfterMs: null } as const;
  return trouble;
}
