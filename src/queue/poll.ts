import type { PgBoss } from 'pg-boss';
import { z } from 'zod';
import { repeat } from '../repeat.ts';
import type { Repetition } from '../repeat.ts';
import { BOSS_SCHEMA } from './keys.ts';

const rowsSchema = z.array(z.object({ name: z.string() }));

type PollParts = {
  boss: PgBoss;
  /** By queue. */
  crew: ReadonlyMap<string, { wake(): void }>;
  everyMs: number;
};

/** Wakes the workers for jobs that were to start later, or again. */
export function startPoll({ boss, crew, everyMs }: PollParts): Repetition {
  const names = [...crew.keys()];
  let failed = false;
  const poll = async (): Promise<void> => {
    try {
      const due = await dueQueues(boss, names);
      // After trouble all of them: whether they can fetch again is what the health page asks.
      for (const [name, workers] of crew) if (failed || due.has(name)) workers.wake();
      failed = false;
    } catch {
      failed = true;
      for (const workers of crew.values()) workers.wake();
    }
  };
  return repeat(poll, everyMs);
}

/**
 * Those of the queues in which a job may start now. pg-boss tells of jobs as they are sent; of those that were to
 * start later, or again, the queue must be polled: here with one cheap query, instead of one from every idle worker.
 */
async function dueQueues(boss: PgBoss, names: readonly string[]): Promise<Set<string>> {
  const { rows } = await boss.getDb().executeSql(
    `select queue.name from unnest($1::text[]) as queue (name)
     where exists (
       select from ${BOSS_SCHEMA}.job
       where job.name = queue.name and job.state < 'active' and not job.blocked and job.start_after <= now()
     )`,
    [names],
  );
  return new Set(rowsSchema.parse(rows).map(({ name }) => name));
}
