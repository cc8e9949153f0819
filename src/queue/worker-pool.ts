import type { Db, JobWithMetadata, PgBoss, Queue as QueueDefinition } from 'pg-boss';
import { inBatches } from '../store/commit.ts';
import { repeat, within } from '../time.ts';
import { CHANNEL, dueQueues, putBack, takeFromSilent } from './pgboss-sql.ts';

/** When it runs again, in ms; null: it is done. `triedForMs`: until this run, by the database's clock. */
type RunJob = (job: { data: unknown; triedForMs: number; signal: AbortSignal }) => Promise<number | null>;
/** `concurrency`: how many of its jobs run here at the same time. */
export type Registration = { name: string; concurrency: number; run: RunJob };

export type WorkerPool = {
  /** Whether jobs could be fetched the last time. */
  isFetching(): boolean;
  stop(timeoutMs: number): Promise<void>;
};

/** How many jobs are taken at a time: each number is a statement of its own, which is planned once. */
const BATCHES = [16, 4, 1];
const ABORT_GRACE_MS = 1000;
/** Then a job's signal aborts. */
const LONGEST_JOB_MS = 14 * 60_000;

const QUEUE = {
  // One queued job per key, any number of running ones. https://pgboss.io/api/queues
  policy: 'short',
  // The runner itself decides when a job is given up.
  retryLimit: 100_000,
  expireInSeconds: 900,
  // A session that works leaves hundreds an hour.
  deleteAfterSeconds: 60,
  notify: true,
} satisfies Omit<QueueDefinition, 'name'>;

type PoolParts = {
  boss: PgBoss;
  /** For fetching and ending jobs; left out: pg-boss's own. */
  db: Db | undefined;
  /** No other process works on these queues. */
  alone: boolean;
  /** Of all queues, worked on here or not. */
  names: string[];
  registrations: Registration[];
  onError: (error: unknown) => void;
  /** A process that doesn't say for so long that it works on a job is taken for dead. */
  leaseMs: number;
  /** How late a job that was to start later, or again, may start. */
  pollSeconds: number;
};

export async function startWorkerPool(parts: PoolParts): Promise<WorkerPool> {
  const { boss, alone, names, registrations, onError, leaseMs, pollSeconds } = parts;
  const stopping = new AbortController();
  let isFetching = true;
  const fetched = (error?: unknown): void => {
    isFetching = error === undefined;
    if (error !== undefined) onError(error);
  };
  const pool = new Map(
    registrations.map((registration) => {
      const { name } = registration;
      return [name, createWorkers({ ...parts, registration, stopping: stopping.signal, fetched })];
    }),
  );
  const all = [...pool.values()];
  const wakeAll = (): void => all.forEach((workers) => workers.wake());
  try {
    await boss.start();
    await declareQueues(boss, names);
    // What a process that died was doing begins again.
    if (alone) await takeFromSilent(boss.getDb(), { held: [], silentMs: 0 });
  } catch (error) {
    await boss.stop({ graceful: false });
    throw error;
  }
  // Without it, as behind a pooler, the poll finds them.
  const listening = await boss
    .getDb()
    .listen?.(CHANNEL, (name) => pool.get(name)?.wake(), wakeAll)
    .catch(onError);
  wakeAll();
  // After trouble, all try: whether they can fetch again is what the health page asks.
  const poll = repeat(async () => {
    const worked = [...pool.keys()];
    const due = isFetching ? await dueQueues(boss.getDb(), worked).catch(() => worked) : worked;
    for (const name of due) pool.get(name)?.wake();
  }, pollSeconds * 1000);
  const pulse = repeat(async () => {
    const held = all.flatMap((workers) => workers.held().map(({ id }) => id));
    await takeFromSilent(boss.getDb(), { held, silentMs: leaseMs }).catch(onError);
  }, leaseMs / 3);
  return {
    isFetching: () => isFetching,
    async stop(timeoutMs) {
      await poll.stop();
      const ended = Promise.all(all.map(async (workers) => workers.close()));
      await within(timeoutMs, ended, null);
      stopping.abort(new Error('the app is stopping'));
      await within(ABORT_GRACE_MS, ended, null);
      await Promise.all(all.map(async (workers) => workers.giveBack())).catch(onError);
      await pulse.stop();
      await listening?.close().catch(onError);
      await boss.stop({ graceful: false });
    },
  };
}

/** Creates what is missing. */
async function declareQueues(boss: PgBoss, names: string[]): Promise<void> {
  const created = new Set((await boss.getQueues(names)).map(({ name }) => name));
  for (const name of names) if (!created.has(name)) await boss.createQueue(name, QUEUE);
}

type WorkersParts = Pick<PoolParts, 'boss' | 'db' | 'onError'> & {
  registration: Registration;
  stopping: AbortSignal;
  fetched: (error?: unknown) => void;
};

/**
 * The workers of one queue. pg-boss's own look for a job each when one comes, which costs a query for each that is idle; here,
 * one query takes as many jobs as there are free places, and those that end together are recorded together.
 */
function createWorkers({ boss, db, registration, onError, stopping, fetched }: WorkersParts) {
  const through = db === undefined ? {} : { db };
  const { name, concurrency, run } = registration;
  const running = new Map<JobWithMetadata<unknown>, Promise<void>>();
  let filling: Promise<void> | null = null;
  let isWoken = false;
  let hasMore = false;
  let isClosed = false;

  const complete = inBatches(async (jobs: JobWithMetadata<unknown>[]) => {
    await boss.complete(name, jobs, undefined, through);
    return jobs;
  }, concurrency);

  async function perform(job: JobWithMetadata<unknown>): Promise<void> {
    const { id, data, startedOn, createdOn } = job;
    const signal = AbortSignal.any([stopping, AbortSignal.timeout(LONGEST_JOB_MS)]);
    const againInMs = await run({ data, triedForMs: startedOn.getTime() - createdOn.getTime(), signal });
    // If another one waits for the same key, it does this one's work: repeating both would double the calls.
    if (againInMs === null || !(await putBack(boss.getDb(), { name, ids: [id], afterMs: againInMs })))
      await complete(job);
  }

  function start(job: JobWithMetadata<unknown>): void {
    const performing = perform(job)
      // It ended, and that could not be recorded: it runs again.
      .catch(onError)
      .finally(() => {
        running.delete(job);
        if (hasMore) wake();
      });
    running.set(job, performing);
  }

  async function fill(): Promise<void> {
    isWoken = false;
    const free = concurrency - running.size;
    const size = BATCHES.find((one) => one <= free) ?? 0;
    const options = { batchSize: size, includeMetadata: true as const, ...through };
    const jobs = size === 0 ? [] : await boss.fetch<unknown>(name, options);
    hasMore = jobs.length === size;
    jobs.forEach(start);
    if (hasMore && running.size < concurrency) isWoken = true;
  }

  function wake(): void {
    isWoken = true;
    if (isClosed) return;
    filling ??= fill()
      .then(() => fetched(), fetched)
      .finally(() => {
        filling = null;
        if (isWoken) wake();
      });
  }

  return {
    wake,
    held: (): JobWithMetadata<unknown>[] => [...running.keys()],
    /** Takes no more jobs, and waits for those that run. */
    async close(): Promise<void> {
      isClosed = true;
      await filling;
      await Promise.all(running.values());
    },
    /** What still runs is done again, here or elsewhere. */
    async giveBack(): Promise<void> {
      const ids = [...running.keys()].map(({ id }) => id);
      if (ids.length > 0) await putBack(boss.getDb(), { name, ids, afterMs: 0 });
    },
  };
}
