import { DevinError } from '../devin/errors.ts';
import type { Failure } from '../session/failure.ts';

/** What an error of the Devin client means for a request. */
export type DevinTrouble =
  | { kind: 'wait'; waiting: 'busy' | 'down'; retryAfterMs: number | null }
  | { kind: 'unknown-outcome' }
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
      return { kind: 'unknown-outcome' };
    case 'invalid-request':
    case 'unauthorized':
    case 'forbidden':
    case 'not-found':
    case 'conflict':
    case 'unexpected':
      return { kind: 'final', failure: { kind: 'devin', ...error.facts } };
  }
}
