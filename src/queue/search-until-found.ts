import type { Log } from '../log.ts';

/** After an answer was lost. The other side may still be working on it. */
export const RECHECK_DELAYS_MS: readonly number[] = [0, 1000, 3000, 7000, 15_000, 30_000];

/** Resolves false when the signal ended it. */
type Sleep = (ms: number, signal: AbortSignal) => Promise<boolean>;

type Found<T> =
  | { kind: 'found'; value: T }
  /** It was not found in time. */
  | { kind: 'missing' }
  /** The signal ended the search. */
  | { kind: 'stopped' };

type SearchDeps = {
  sleep: Sleep;
  /** Counted from the start of the search. */
  recheckDelaysMs: readonly number[];
  log: Log;
};

export type SearchUntilFound = <T>(look: () => Promise<T | null>, signal: AbortSignal) => Promise<Found<T>>;

/** Searches for what a lost answer may have left on the other side. A failed search counts as one that found nothing. */
export function createSearchUntilFound({ sleep, recheckDelaysMs, log }: SearchDeps): SearchUntilFound {
  return async (look, signal) => {
    let elapsedMs = 0;
    for (const atMs of recheckDelaysMs) {
      if (!(await sleep(atMs - elapsedMs, signal))) return { kind: 'stopped' };
      elapsedMs = atMs;
      try {
        const value = await look();
        if (value !== null) return { kind: 'found', value };
      } catch (error) {
        log.warn({ err: error }, 'a search for a lost answer failed');
      }
    }
    return { kind: 'missing' };
  };
}
