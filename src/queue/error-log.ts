import { createOnceAMinute } from '../time.ts';
import { factsOf, type QueueLog } from './worker-pool.ts';

/** Every worker fails once a second while the database is down: one line a minute for each code. */
export function createErrorLog(log: Pick<QueueLog, 'error'>, passedMs?: () => number) {
  const onceAMinute = createOnceAMinute(passedMs);
  return (error: unknown): void => {
    const facts = factsOf(error);
    onceAMinute(facts.code ?? facts.err.type, (leftOut) =>
      log.error({ ...facts, leftOut }, 'the job queue met an error'),
    );
  };
}
