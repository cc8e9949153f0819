import type { Log } from '../log.ts';
import type { Failure } from '../session/failure.ts';
import { sleep } from '../time.ts';
import type { JobName } from './payloads.ts';

/** Devin is busy or down, or Slack doesn't answer: it may work later. */
export class Later extends Error {
  override readonly name = 'Later';
  readonly why: 'busy' | 'down' | 'slack';
  /** How long the other side asks to wait; null: it doesn't say. */
  readonly afterMs: number | null;

  constructor(why: Later['why'], afterMs: number | null = null) {
    super(why);
    this.why = why;
    this.afterMs = afterMs;
  }
}

/** Asking again can't help. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.kind);
    this.failure = failure;
  }
}

/** Devin may have done it: search before doing it again. */
export class Unclear extends Error {
  override readonly name = 'Unclear';
  /** Devin's reason; null: it gave none. */
  readonly failure: Failure | null;

  constructor(failure: Failure | null) {
    super('unclear');
    this.failure = failure;
  }
}

export type FailureWord = Later | Refused | Unclear;

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** How long to keep trying, by what is tried. */
const WINDOW_MS = {
  /** A request, or a reply, that Devin is too busy for or cannot be reached with. */
  devin: HOUR_MS,
  /** A message, or a file, that would hold up those after it. */
  message: 10 * MINUTE_MS,
  /** What Slack refuses for no reason that is known here. */
  slack: 24 * HOUR_MS,
} as const;
const FIRST_WAIT_MS = SECOND_MS;
const LONGEST_WAIT_MS = MINUTE_MS;

/** `triedForMs`: since the first attempt. `retryAfterMs`: what the other side asks for. */
type Tried = { triedForMs: number; retryAfterMs?: number | null | undefined };

/** The sooner of two times to try again, in ms; null: never. */
export function sooner(one: number | null, other: number | null): number | null {
  return one === null || other === null ? (one ?? other) : Math.min(one, other);
}

/** When to try again, in ms; null: never, also if the other side asks for more time than is left. */
export function retryWindow(
  name: keyof typeof WINDOW_MS,
  { triedForMs, retryAfterMs }: Tried,
): number | null {
  const leftMs = WINDOW_MS[name] - triedForMs;
  const askedMs = retryAfterMs ?? 0;
  return leftMs <= 0 || askedMs > leftMs ? null : Math.max(askedMs, backOffMs(triedForMs));
}

/** What Slack shows is tried for as long as Slack may refuse it, and the rest as long as what waits for Devin. */
export function jobRetry(name: JobName, tried: Tried): number | null {
  return retryWindow(name === 'show' || name === 'relay-from-devin' ? 'slack' : 'devin', tried);
}

/** How long to wait before the next try, in proportion to how long it has been tried: in the end once a minute. */
export function backOffMs(triedForMs: number): number {
  return Math.min(LONGEST_WAIT_MS, Math.max(FIRST_WAIT_MS, triedForMs / 4));
}

/** null: it was not found in time. Throws if the signal ends the search. */
export type SearchUntilFound = <T>(look: () => Promise<T | null>, signal: AbortSignal) => Promise<T | null>;

/** Searches for what a lost answer may have left on the other side. A failed search counts as one that found nothing. */
export function createSearchUntilFound(log: Log, pausesMs: readonly number[]): SearchUntilFound {
  return async (look, signal) => {
    for (const pauseMs of pausesMs) {
      await sleep(pauseMs, signal);
      signal.throwIfAborted();
      try {
        const found = await look();
        if (found !== null) return found;
      } catch (error) {
        signal.throwIfAborted();
        log.warn({ err: error }, 'a search for a lost answer failed');
      }
    }
    return null;
  };
}
