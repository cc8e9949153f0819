import { randomUUID } from 'node:crypto';
import type { Transaction } from 'kysely';
import { fromKysely, PgBoss } from 'pg-boss';
import type { ConstructorOptions } from 'pg-boss';
import type { Database } from '../store/database.ts';
import type { Tables } from '../store/tables.ts';
import { JOB_NAMES, payloads } from './payloads.ts';
import type { JobName, Jobs } from './payloads.ts';
import { factsOf, startCrew } from './queue-crew.ts';
import type { Crew, QueueLog, Registration } from './queue-crew.ts';
import { BOSS_SCHEMA } from './queue-poll.ts';

type EnqueueOptions = {
  /** Inside this transaction: the job exists, and starts, when it commits. Required while one is open. */
  trx?: Transaction<Tables>;
  startAfterMs?: number;
  /**
   * While a job waits for this key, a second one is not queued; one that runs already does not count. A job that
   * is to start later does not hold back one that is to start now.
   */
  key?: string;
};

/**
 * Returning ends the job; throwing means being called again later, with growing pauses. `signal` aborts
 * when the app stops or the job took too long: throw then, and the next start takes the job up.
 */
export type JobHandler<Name extends JobName> = (
  payload: Jobs[Name],
  context: { signal: AbortSignal },
) => Promise<void>;

export type Enqueue = Queue['enqueue'];
export type EnqueueAll = Queue['enqueueAll'];

export type Depth = { queued: number; active: number };

export type Queue = {
  /** Start first. */
  enqueue<Name extends JobName>(name: Name, payload: Jobs[Name], options?: EnqueueOptions): Promise<void>;
  /** Many of one kind at once, each with its key, inside a transaction. */
  enqueueAll<Name extends JobName>(
    name: Name,
    jobs: { payload: Jobs[Name]; key: string }[],
    trx: Transaction<Tables>,
  ): Promise<void>;
  /** Before `start`. Up to `concurrency` jobs of this name run at a time, each on its own. */
  work<Name extends JobName>(name: Name, handler: JobHandler<Name>, options: { concurrency: number }): void;
  start(): Promise<void>;
  /** Takes no new job; waits for the running ones up to `timeoutMs`, then aborts them and gives them a last second. */
  stop(options: { timeoutMs: number }): Promise<void>;
  depth(): Promise<Record<string, Depth>>;
  /** False while stopped, and while the workers cannot reach the database. */
  healthy(): boolean;
};

export type QueueDeps = { database: Pick<Database, 'boss'>; log: QueueLog; pollSeconds?: number };

export const POLL_SECONDS = 1;

const HOUR_SECONDS = 3600;
const BOSS_OPTIONS = {
  schema: BOSS_SCHEMA,
  useListenNotify: true,
  schedule: false,
  supervise: true,
  superviseIntervalSeconds: 30,
  monitorIntervalSeconds: 30,
  flowIntervalSeconds: HOUR_SECONDS,
  registerInstance: false,
  openTelemetry: { enabled: false },
  // The embedded database has no autovacuum to watch; on Postgres that is its operator's business.
  monitorVacuum: false,
} satisfies ConstructorOptions;

export function createQueue({ database, log, pollSeconds = POLL_SECONDS }: QueueDeps): Queue {
  const boss = new PgBoss({ ...BOSS_OPTIONS, ...database.boss });
  boss.on('error', (error) => log.error(factsOf(error), 'the job queue met an error'));
  boss.on('warning', ({ message, data }) => log.warn({ data }, message));
  const registrations: Registration[] = [];
  const life = createLife(() => startCrew({ boss, names: JOB_NAMES, registrations, log, pollSeconds }));

  return {
    async enqueue(name, payload, { trx, startAfterMs = 0, key = randomUUID() } = {}) {
      const later = startAfterMs > 0;
      const singletonKey = later ? `${key}@later` : key;
      const options = {
        singletonKey,
        ...(later && { startAfter: startAfterMs / 1000 }),
        ...(trx !== undefined && { db: fromKysely(trx) }),
      };
      const waiting = { name, singletonKey, startAfterMs };
      while ((await boss.send(name, payload, options)) === null) {
        if (trx === undefined && !later) return;
        if (await joinWaiting(trx === undefined ? boss.getDb() : fromKysely(trx), waiting)) return;
      }
    },
    async enqueueAll(name, jobs, trx) {
      const inserts = jobs.map(({ payload, key }) => ({ data: payload, singletonKey: key }));
      await boss.insert(name, inserts, { db: fromKysely(trx) });
    },
    work(name, handler, { concurrency }) {
      const run = async (data: unknown, signal: AbortSignal): Promise<void> => {
        const payload = payloads[name].safeParse(data);
        if (payload.success) await handler(payload.data, { signal });
        else log.error({ job: name }, 'a job with a payload of another shape was dropped');
      };
      registrations.push({ name, concurrency, run });
    },
    start: () => life.start(),
    stop: (options) => life.stop(options),
    depth: () => readDepth(boss),
    healthy: () => life.isRunning() && isFetching(boss),
  };
}

type Waiting = { name: JobName; singletonKey: string; startAfterMs: number };

/**
 * The job that waits for this key starts no later than is asked for here; and not before the transaction has ended:
 * it would not see what was written here, and there would be no other. False: it has started meanwhile.
 */
async function joinWaiting(
  db: Pick<ReturnType<PgBoss['getDb']>, 'executeSql'>,
  { name, singletonKey, startAfterMs }: Waiting,
): Promise<boolean> {
  const { rows } = await db.executeSql(
    `update ${BOSS_SCHEMA}.job set start_after = least(start_after, now() + $3 * interval '1 ms')
     where name = $1 and singleton_key = $2 and state = 'created'
     returning id`,
    [name, singletonKey, startAfterMs],
  );
  return rows.length > 0;
}

/** Start and stop in any order and number: each waits for the other's end. */
function createLife(begin: () => Promise<Crew>) {
  let crew: Promise<Crew> | null = null;
  let ended: Promise<void> = Promise.resolve();
  let running = false;
  return {
    isRunning: () => running,
    async start(): Promise<void> {
      crew ??= ended.then(begin);
      const started = crew;
      try {
        await started;
        running = crew === started;
      } catch (error) {
        crew = null;
        throw error;
      }
    },
    async stop({ timeoutMs }: { timeoutMs: number }): Promise<void> {
      const stopping = crew;
      crew = null;
      running = false;
      if (stopping !== null) ended = stopping.then((started) => started.stop(timeoutMs));
      await ended;
    },
  };
}

async function readDepth(boss: PgBoss): Promise<Record<string, Depth>> {
  const stats = await Promise.all(JOB_NAMES.map((name) => boss.getQueueStats(name, { force: true })));
  const rows = stats.flat().map(({ name, queuedCount, activeCount }): [string, Depth] => {
    return [name, { queued: queuedCount, active: activeCount }];
  });
  return Object.fromEntries(rows);
}

function isFetching(boss: PgBoss): boolean {
  const workers = boss.getWipData();
  const failedAt = Math.max(0, ...workers.map((worker) => worker.lastErrorOn ?? 0));
  const fetchedAt = Math.max(0, ...workers.map((worker) => worker.lastFetchedOn ?? 0));
  return failedAt === 0 || fetchedAt > failedAt;
}
