import { DevinError } from '../devin/errors.ts';
import type { Failure } from '../session/failure.ts';

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
