import { factsOf } from './worker-pool.ts';
import type { QueueLog } from './worker-pool.ts';

const QUIET_MS = 60_000;

/**
 * Every worker fails once a second while the database is down: one line a minute for each code, with the number of those
 * left out since the last.
 */
export function createErrorLog(log: Pick<QueueLog, 'error'>, now: () => number) {
  const quiet = new Map<string, { untilMs: number; leftOut: number }>();
  return (error: unknown): void => {
    const facts = factsOf(error);
    const kind = facts.code ?? facts.err.type;
    const { untilMs, leftOut } = quiet.get(kind) ?? { untilMs: -Infinity, leftOut: 0 };
    if (now() < untilMs) {
      quiet.set(kind, { untilMs, leftOut: leftOut + 1 });
      return;
    }
    quiet.set(kind, { untilMs: now() + QUIET_MS, leftOut: 0 });
    log.error({ ...facts, leftOut }, 'the job queue met an error');
  };
}
