import { randomUUID } from 'node:crypto';
import type { Transaction } from 'kysely';
import { fromKysely, PgBoss } from 'pg-boss';
import type { ConstructorOptions } from 'pg-boss';
import { z } from 'zod';
import { PLACE_KINDS } from '../session/context.ts';
import type { PlaceKind } from '../session/context.ts';
import type { Database } from '../store/database.ts';
import type { Tables } from '../store/tables.ts';
import { factsOf, startCrew } from './queue-crew.ts';
import type { Crew, QueueLog, Registration } from './queue-crew.ts';
import { BOSS_SCHEMA } from './queue-poll.ts';
import { searchSchema } from './restore/lost.ts';
import type { Search } from './restore/lost.ts';

/** Every kind of job and what it carries: ids only, so that nothing secret is kept in the queue. */
type Jobs = {
  /** Take a request as far as it goes. */
  'create-session': { requestId: string };
  /** Make the card say what the rows say. */
  'update-card': { requestId: string };
  /** Tell the person who asked something privately. */
  'tell-person': { requestId: string; notice: Notice };
  /** A button of a card that ended was pressed. */
  resume: { requestId: string; how: Resumption };
  'describe-form': { formId: string; viewId: string };
  /** Draw a person's App Home as things are now. `channelId`: their conversation with the app. */
  'publish-home': { teamId: string; userId: string; channelId: string };
  /** Fetch what was said in a session, and post what is new in its thread. */
  'relay-from-devin': { sessionId: string };
  /** Post what is worth a message and was not told yet; after the session's own messages. */
  'tell-milestones': { sessionId: string };
  /** Take to Devin what was said in the thread or in a box, in order. */
  'relay-to-devin': { sessionId: string };
  /** Show the author what became of something they said. */
  'tell-reply': { replyId: string };
  /** Stop or archive a session at Devin, for a person who may. */
  steer: { sessionId: string; what: SteeringVerb; userId: string; answerTo?: AnswerTo | undefined };
  /** Take a request back before it is sent. */
  'cancel-request': { requestId: string; userId: string; answerTo: AnswerTo };
  /** Bring a session that was started elsewhere into a channel. */
  'follow-session': {
    sessionId: string;
    teamId: string;
    userId: string;
    placeKind?: PlaceKind | null | undefined;
    answerTo: AnswerTo;
  };
  /** Find the cards of sessions that were started with a database that is lost, and go on from there: one step. */
  'restore-sessions': Search;
  /** Say which member of the Devin organisation a person is. */
  'link-person': {
    teamId: string;
    userId: string;
    personId: string;
    devinUserId: string;
    answerTo: AnswerTo;
  };
};

const NOTICES = ['refused', 'card-elsewhere', 'queued'] as const;
export type Notice = (typeof NOTICES)[number];
const RESUMPTIONS = ['try-again', 'check-again', 'start-anyway'] as const;
export type Resumption = (typeof RESUMPTIONS)[number];
const STEERING_VERBS = ['stop', 'archive'] as const;
export type SteeringVerb = (typeof STEERING_VERBS)[number];

/**
 * Where a person who used a button or a command is told how it went; without one, in the session's thread. `sealed`:
 * the response URL, encrypted under the id.
 */
const answerToSchema = z.object({
  id: z.string(),
  channelId: z.string().nullable(),
  threadTs: z.string().nullable(),
  sealed: z.string().nullable(),
  /** Told also when all went well: there is no card in view that shows it. */
  always: z.boolean(),
});
export type AnswerTo = z.infer<typeof answerToSchema>;

type JobName = keyof Jobs;

const payloads: { [Name in JobName]: z.ZodType<Jobs[Name]> } = {
  'create-session': z.object({ requestId: z.string() }),
  'update-card': z.object({ requestId: z.string() }),
  'tell-person': z.object({ requestId: z.string(), notice: z.enum(NOTICES) }),
  resume: z.object({ requestId: z.string(), how: z.enum(RESUMPTIONS) }),
  'describe-form': z.object({ formId: z.string(), viewId: z.string() }),
  'publish-home': z.object({ teamId: z.string(), userId: z.string(), channelId: z.string() }),
  'relay-from-devin': z.object({ sessionId: z.string() }),
  'tell-milestones': z.object({ sessionId: z.string() }),
  'relay-to-devin': z.object({ sessionId: z.string() }),
  'tell-reply': z.object({ replyId: z.string() }),
  steer: z.object({
    sessionId: z.string(),
    what: z.enum(STEERING_VERBS),
    userId: z.string(),
    answerTo: answerToSchema.optional(),
  }),
  'cancel-request': z.object({ requestId: z.string(), userId: z.string(), answerTo: answerToSchema }),
  'follow-session': z.object({
    sessionId: z.string(),
    teamId: z.string(),
    userId: z.string(),
    placeKind: z.enum(PLACE_KINDS).nullish(),
    answerTo: answerToSchema,
  }),
  'restore-sessions': searchSchema,
  'link-person': z.object({
    teamId: z.string(),
    userId: z.string(),
    personId: z.string(),
    devinUserId: z.string(),
    answerTo: answerToSchema,
  }),
};
const JOB_NAMES = Object.keys(payloads);

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
 * To return is to be done with the job; to throw is to be called again later, with growing pauses. `signal` aborts
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

const POLL_SECONDS = 1;

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
      await boss.send(name, payload, {
        singletonKey: later ? `${key}@later` : key,
        ...(later && { startAfter: startAfterMs / 1000 }),
        ...(trx !== undefined && { db: fromKysely(trx) }),
      });
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
