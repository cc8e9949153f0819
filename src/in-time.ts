import { setTimeout as delay } from 'node:timers/promises';
import type { Log } from './log.ts';

type InTime<T> = {
  withinMs: number;
  /** What there is if the answer doesn't come in time, or not at all. */
  otherwise: T;
  log: Log;
  /** What failed, for the log. */
  what: string;
};

/** For what a person waits for: an answer that comes late or fails must not hold up the rest. */
export async function inTime<T>(
  asking: Promise<T>,
  { withinMs, otherwise, log, what }: InTime<T>,
): Promise<T> {
  const answered = asking.catch((error: unknown) => {
    log.warn({ err: error }, `${what} could not be looked up`);
    return otherwise;
  });
  return Promise.race([answered, delay(withinMs, otherwise, { ref: false })]);
}
