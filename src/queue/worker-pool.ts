import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { JobWithMetadata, PgBoss, Queue as QueueDefinition } from 'pg-boss';
import { z } from 'zod';
import { codeOf } from '../store/store-error.ts';
import { createOnceAMinute } from '../time.ts';
import { isQueuedAgain, retakeActive, startPoll } from './pgboss-sql.ts';
import { LEASE_MS } from './with-lease.ts';

export type QueueLog = {
  error(facts: object, message: string): void;
  warn(facts: object, message: string): void;
};

type Run = (data: unknown, signal: AbortSignal) => Promise<void>;
export type Registration = { name: string; concurrency: number; most: number; run: Run };

export type WorkerPool = { stop(timeoutMs: number): Promise<void> };

/** NOTIFY and our own poll wake the workers; this only covers both failing. */
const BACKSTOP_SECONDS = 30;
const ABORT_GRACE_MS = 1000;
/** A job that takes longer no longer holds a place of the quick ones. */
const SLOW_MS = 1000;

/** If a process dies, others get its jobs after the heartbeat, as they get its leases. */
const JOB_LIFE = {
  retryLimit: 60,
  retryDelay: 1,
  retryBackoff: true,
  retryDelayMax: 60,
  expireInSeconds: 900,
  heartbeatSeconds: LEASE_MS / 1000,
  // A session that works leaves hundreds an hour.
  deleteAfterSeconds: 60,
  notify: true,
} satisfies Omit<QueueDefinition, 'name'>;

type PoolParts = {
  boss: PgBoss;
  /** No other process works on these queues. */
  alone: boolean;
  /** Of all queues, worked on here or not. */
  names: string[];
  registrations: Registration[];
  log: QueueLog;
  /** How late a job that was to start later, or again, may start. */
  pollSeconds: number;
};

export async function startWorkerPool({
  boss,
  alone,
  names,
  registrations,
  log,
  pollSeconds,
}: PoolParts): Promise<WorkerPool> {
  const stopping = new AbortController();
  const pool = new Map<string, Workers>();
  try {
    await boss.start();
    await declareQueues(boss, names);
    if (alone) await retakeActive(boss.getDb());
    for (const registration of registrations) {
      const parts = { boss, registration, log, pollSeconds, stopping: stopping.signal };
      pool.set(registration.name, await createWorkers(parts));
    }
  } catch (error) {
    await boss.stop({ graceful: false });
    throw error;
  }
  const poll = startPoll({ boss, pool, everyMs: pollSeconds * 1000 });
  return {
    async stop(timeoutMs) {
      await poll.stop();
      const drained = Promise.all([...pool.values()].map(async (workers) => workers.stop()));
      await within(drained, timeoutMs);
      stopping.abort(new Error('the app is stopping'));
      await within(drained, ABORT_GRACE_MS);
      await boss.stop({ graceful: false });
    },
  };
}

/** Creates what is missing, and changes what an earlier version created: mostly nothing. */
async function declareQueues(boss: PgBoss, names: string[]): Promise<void> {
  const created = new Map((await boss.getQueues(names)).map((queue) => [queue.name, queue]));
  for (const name of names) {
    const queue = created.get(name);
    // `short`: one queued job per key, any number of running ones. https://pgboss.io/api/queues
    if (queue === undefined) await boss.createQueue(name, { ...JOB_LIFE, policy: 'short' });
    else if (!isDeepStrictEqual({ ...queue, ...JOB_LIFE }, { ...queue }))
      await boss.updateQueue(name, JOB_LIFE);
  }
}

type WorkersParts = Omit<PoolParts, 'alone' | 'names' | 'registrations'> & {
  registration: Registration;
  stopping: AbortSignal;
};

type Workers = { wake(): void; stop(): Promise<void> };

/** How many jobs of a queue run, and how many of them are quick so far. */
function createPlaces({ concurrency, most }: Registration, onFree: () => void) {
  let taken = 0;
  let slow = 0;
  return {
    isFree: (): boolean => taken < most && taken - slow < concurrency,
    take: (): void => void (taken += 1),
    leave: (): void => void (taken -= 1),
    /** Runs a job in a place that was taken. */
    async run(task: () => Promise<void>): Promise<void> {
      let isSlow = false;
      const timer = setTimeout(() => {
        isSlow = true;
        slow += 1;
        onFree();
      }, SLOW_MS);
      try {
        await task();
      } finally {
        clearTimeout(timer);
        if (isSlow) slow -= 1;
      }
    },
  };
}

/**
 * The workers of one queue: pg-boss workers that take one job at a time, so a slow job delays no other. On NOTIFY, each idle
 * worker looks for a job, which costs a query; so only one is idle. When it finds a job, another is added if there is a free
 * place. After its job, a worker looks for the next one at once, or ends if another is idle: a backlog drains without pauses.
 */
async function createWorkers(parts: WorkersParts): Promise<Workers> {
  const { boss, registration, log, pollSeconds } = parts;
  const { name } = registration;
  const options = {
    pollingIntervalSeconds: pollSeconds,
    notifyPollingIntervalSeconds: Math.max(BACKSTOP_SECONDS, pollSeconds),
    includeMetadata: true as const,
  };
  const perform = createPerformer(parts);
  const idle = new Set<string>();
  const places = createPlaces(registration, () => addIfNoneIsIdle());
  let closed = false;

  const wake = (): void => idle.forEach((id) => boss.notifyWorker(id));
  const settle = (step: Promise<unknown>): void => {
    step.catch((error: unknown) => log.error({ job: name, ...factsOf(error) }, 'the job queue met an error'));
  };
  const addIfNoneIsIdle = (): void => {
    if (idle.size === 0) settle(addWorker());
  };
  const addWorker = async (): Promise<void> => {
    if (closed || !places.isFree()) return;
    places.take();
    const worker = boss.work(name, options, async (jobs: JobWithMetadata[]) => {
      const id = await worker;
      idle.delete(id);
      addIfNoneIsIdle();
      try {
        for (const job of jobs) await places.run(() => perform(job));
      } finally {
        release(id);
      }
    });
    try {
      idle.add(await worker);
    } catch (error) {
      places.leave();
      throw error;
    }
  };
  const release = (id: string): void => {
    // Another worker is idle, and has looked since this one's job began.
    if (idle.size > 0) {
      places.leave();
      return settle(boss.offWork(name, { id, wait: false }));
    }
    idle.add(id);
    wake();
  };

  await addWorker();
  return {
    wake,
    async stop() {
      closed = true;
      await boss.offWork(name);
    },
  };
}

function createPerformer({
  boss,
  registration,
  log,
  stopping,
}: Pick<WorkersParts, 'boss' | 'registration' | 'log' | 'stopping'>) {
  const { name, run } = registration;
  const logFailure = createFailureLog((facts) => log.warn(facts, 'a job failed; it will be retried'));
  return async (job: JobWithMetadata): Promise<void> => {
    try {
      await run(job.data, AbortSignal.any([job.signal, stopping]));
    } catch (error) {
      logFailure(error, { job: name, id: job.id });
      // If another one waits for the same key, it does this one's work: retrying both would double the calls.
      const key = job.singletonKey;
      if (key !== null && (await isQueuedAgain(boss.getDb(), { name, id: job.id, key }))) return;
      throw storable(error);
    }
  };
}

/** While the database, Slack or Devin is down, much fails: one line a minute for each code. */
export function createFailureLog(write: (facts: object) => void, passedMs?: () => number) {
  const onceAMinute = createOnceAMinute(passedMs);
  return (error: unknown, about: object = {}): void => {
    const facts = factsOf(error);
    onceAMinute(facts.code ?? facts.err.type, (leftOut) => write({ ...about, ...facts, leftOut }));
  };
}

/** No more of an error than these: a driver's or a client's own properties may hold what was sent. */
function factsOf(error: unknown) {
  const { code, name, message, stack } = errorSchema.parse(error);
  return { code, err: { type: name, message, stack } };
}

/** pg-boss reports some errors as plain objects. */
const errorSchema = z
  .object({
    code: z.string().nullable().catch(null),
    name: z.string().catch('Error'),
    message: z.string().catch(''),
    stack: z.string().optional().catch(undefined),
  })
  .catch({ code: null, name: 'unknown', message: '', stack: undefined });

/** pg-boss keeps what a handler threw, all its properties, in the job's row. */
function storable(error: unknown): Error {
  return new Error(codeOf(error) ?? (error instanceof Error ? error.name : 'unknown'));
}

async function within(work: Promise<unknown>, timeoutMs: number): Promise<void> {
  await Promise.race([work, delay(timeoutMs, undefined, { ref: false })]);
}
