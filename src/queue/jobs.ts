import { randomUUID } from 'node:crypto';
import type { Transaction } from 'kysely';
import { fromKysely, PgBoss } from 'pg-boss';
import type { Database } from '../store/database.ts';
import { orForbidden } from '../store/sql.ts';
import type { Tables } from '../store/store.ts';
import { TIMES } from '../times.ts';
import { JOB_NAMES, keyFields, payloads, type JobName, type Jobs } from './payloads.ts';
import { BOSS_OPTIONS, countJobs, joinWaiting, LONGEST_WAIT_MS, withoutJob } from './pgboss-sql.ts';
import { jobRetry, Later } from './retries.ts';
import { HELD_WAIT_MS, LeaseLostError } from './with-lease.ts';
import { startWorkerPool, type WorkerPool, type Registration } from './worker-pool.ts';

type EnqueueOptions = {
  /** Inside this transaction: the job exists, and starts, when it commits. Required while one is open. */
  trx?: Transaction<Tables>;
  /** An hour at most. */
  startAfterMs?: number;
  /** Starts before the jobs of its name that are not. */
  interactive?: boolean;
};

type Workers<Name extends JobName> = {
  /** How many jobs of a kind one process does at the same time: more for what people wait for, few for the rest. */
  concurrency: number;
  /** Told when a job that is still to be done later has been tried for as long as its kind is (retries.ts). */
  over?: (payload: Jobs[Name], why: Later['why']) => Promise<unknown>;
};

/**
 * Returning ends the job; returning a number runs it again that many ms later. Throwing retries it: after as long as a `Later`
 * says or with growing pauses, within the window of its kind; soon if another process has its lease.
 * `signal` aborts when the app stops or the job took too long: throw then, and the next start continues the job.
 */
type JobHandler<Name extends JobName> = (
  payload: Jobs[Name],
  context: { signal: AbortSignal },
) => Promise<number | null | void>;

export type Queue = ReturnType<typeof createQueue>;
export type Enqueue = Queue['enqueue'];
export type EnqueueAll = Queue['enqueueAll'];

export function createQueue({
  database,
  log,
  leaseMs = TIMES.leaseMs,
  pollSeconds = TIMES.pollSeconds,
}: {
  database: Pick<Database, 'boss' | 'kind' | 'unflushed'>;
  log: Record<'error' | 'warn', (facts: object, message: string) => void>;
  leaseMs?: number;
  pollSeconds?: number;
}) {
  const boss = new PgBoss({ ...BOSS_OPTIONS, ...database.boss });
  const onError = (error: unknown): void => log.error({ err: error }, 'the job queue met an error');
  boss.on('error', onError);
  boss.on('warning', ({ message, data }) => log.warn({ data }, message));
  const registrations: Registration[] = [];
  let pool: WorkerPool | null = null;

  /**
   * Only after `start`. One job waits for each key: enqueuing another makes it start no later than that one would; a job
   * that failed keeps its pause. A job that is running doesn't count.
   */
  async function enqueue<Name extends JobName>(
    name: Name,
    payload: Jobs[Name],
    { trx, interactive = false, ...how }: EnqueueOptions = {},
  ): Promise<void> {
    const key = keyOf(name, payload);
    const startAfterMs = Math.min(how.startAfterMs ?? 0, LONGEST_WAIT_MS);
    const db = trx === undefined ? boss.getDb() : fromKysely(trx.withoutPlugins());
    const options = {
      db,
      singletonKey: key ?? randomUUID(),
      priority: interactive ? 1 : 0,
      ...(startAfterMs > 0 && { startAfter: startAfterMs / 1000 }),
    };
    // Between the two, the job that waited may have started, or another one may have come.
    for (;;) {
      if (key !== undefined && (await joinWaiting(db, { name, key, startAfterMs, interactive }))) return;
      if ((await boss.send(name, payload, options)) !== null) return;
    }
  }

  return {
    enqueue,

    /** Many of one kind at once, each with a key that is new, inside a transaction. */
    async enqueueAll<Name extends JobName>(
      name: Name,
      jobs: readonly Jobs[Name][],
      trx: Transaction<Tables>,
    ): Promise<void> {
      const inserts = jobs.map((data) => ({ data, singletonKey: keyOf(name, data) ?? randomUUID() }));
      await boss.insert(name, inserts, { db: fromKysely(trx.withoutPlugins()) });
    },

    /** Those of the keys for which no job waits or runs. */
    unqueued: async (name: JobName, keys: readonly string[]): Promise<string[]> =>
      withoutJob(boss.getDb(), name, keys),

    /** Before `start`. Jobs of this name run at the same time, each on its own. */
    work<Name extends JobName>(
      name: Name,
      handler: JobHandler<Name>,
      { concurrency, over }: Workers<Name>,
    ): void {
      const run: Registration['run'] = async ({ data, triedForMs, signal }) => {
        try {
          const payload = payloads[name].parse(data);
          const againInMs = await handler(payload, { signal });
          if (typeof againInMs === 'number') await enqueue(name, payload, { startAfterMs: againInMs });
          return null;
        } catch (error) {
          if (error instanceof LeaseLostError) return HELD_WAIT_MS;
          const later = error instanceof Later ? error : null;
          if (later === null) log.warn({ err: error, job: name }, 'a job failed; it will be retried');
          const againInMs = jobRetry(name, { triedForMs, retryAfterMs: later?.afterMs });
          if (againInMs !== null) return againInMs;
          if (later === null || over === undefined) log.error({ job: name }, 'a job was given up');
          else await over(payloads[name].parse(data), later.why);
          return null;
        }
      };
      registrations.push({ name, concurrency, run });
    },

    async start(): Promise<void> {
      pool ??= await startWorkerPool({
        boss,
        db: database.unflushed ?? undefined,
        alone: database.kind === 'embedded',
        names: JOB_NAMES,
        registrations,
        onError,
        leaseMs,
        pollSeconds,
      }).catch((error: unknown) => {
        throw orForbidden(error);
      });
    },

    /** Takes no new job; waits for the running ones up to `timeoutMs`, then aborts them and gives them a last second. */
    async stop({ timeoutMs }: { timeoutMs: number }): Promise<void> {
      const stopping = pool;
      pool = null;
      await stopping?.stop(timeoutMs);
    },

    /** Jobs of each queue: those that can start now, those that start later, and those that run. */
    async depth(): Promise<Record<string, Record<'due' | 'later' | 'active', number>>> {
      const counted = await countJobs(boss.getDb(), JOB_NAMES);
      return Object.fromEntries(counted.map(({ name, ...depth }) => [name, depth]));
    },

    /** False while stopped, and while the workers cannot reach the database. */
    healthy: (): boolean => pool?.isFetching() === true,
  };
}

/** undefined: it has none. */
function keyOf<Name extends JobName>(name: Name, payload: Jobs[Name]): string | undefined {
  const fields: readonly (keyof Jobs[Name])[] | undefined = keyFields[name];
  return fields?.map((field) => payload[field]).join(':');
}
