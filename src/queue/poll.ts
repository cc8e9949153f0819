import type { PgBoss } from 'pg-boss';
import { repeat } from '../repeat.ts';
import type { Interval } from '../repeat.ts';
import { dueQueues, endLongWaits } from './pgboss-sql.ts';

type PollParts = {
  boss: Pick<PgBoss, 'getDb'>;
  /** By queue. */
  pool: ReadonlyMap<string, { wake(): void }>;
  everyMs: number;
};

/** Wakes the workers for jobs that were to start later, or again. */
export function startPoll({ boss, pool, everyMs }: PollParts): Interval {
  const names = [...pool.keys()];
  let failed = false;
  let latestMs = Infinity;
  const poll = async (): Promise<void> => {
    try {
      const { due, nowMs } = await dueQueues(boss.getDb(), names);
      // At the first time, and when the clock was set back.
      if (nowMs < latestMs) await endLongWaits(boss.getDb());
      latestMs = nowMs;
      // After trouble all of them: whether they can fetch again is what the health page asks.
      for (const [name, workers] of pool) if (failed || due.has(name)) workers.wake();
      failed = false;
    } catch {
      failed = true;
      for (const workers of pool.values()) workers.wake();
    }
  };
  return repeat(poll, everyMs);
}
