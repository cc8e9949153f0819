import type { Config } from './config.ts';
import type { Sweep } from './create/index.ts';
import type { Devin } from './devin/devin.ts';
import type { Watcher } from './follow/index.ts';
import type { Readiness } from './health.ts';
import type { Log } from './log.ts';
import { checkDevin, checkSlack } from './operator/checks.ts';
import type { Queue } from './queue/index.ts';
import { slackFailure } from './slack/edge/errors.ts';
import type { HttpServer } from './slack/edge/http-receiver.ts';
import { missingScopes, type Slack } from './slack/edge/slack.ts';
import { isPlain, type Database } from './store/database.ts';
import type { Tidying } from './store/retention.ts';
import { prepareSchema } from './store/schema.ts';
import { codeOf } from './store/sql.ts';
import type { Store } from './store/store.ts';
import type { Text } from './text/index.ts';
import { OperatorError, type Say } from './text/operator-error.ts';
import { once, sleep } from './time.ts';
import type { FileSource } from './trust/index.ts';

export type Bot = {
  /**
   * Resolves when the app takes requests. Rejects with an `OperatorError`, or with an `AbortError` after `stop`.
   */
  start(): Promise<{ port: number }>;
  /** Takes no new work, and records what is running. A second call waits for the first. */
  stop(): Promise<void>;
  readiness(): Promise<Readiness>;
};

/** How long running jobs may take. Supervisors wait 10 s before they kill a process. */
const DRAIN_MS = 6000;
/** If Devin takes longer, requests wait for it, and the start doesn't. */
const DEVIN_MS = 5000;

type StartDeps = {
  config: Config;
  database: Database;
  /** Reads the database's clock. */
  begin: () => Promise<void>;
  store: Store;
  queue: Queue;
  devin: Devin;
  slack: Slack;
  sweep: Sweep;
  watcher: Watcher;
  tidying: Tidying;
  policy: Pick<FileSource<unknown>, 'start' | 'stop'>;
  mapping: Pick<FileSource<unknown>, 'start' | 'stop'>;
  waiting: ReturnType<typeof createWaiting>;
  server: HttpServer;
  readiness: () => Promise<Readiness>;
  /** In the language of the log. */
  text: Text;
  log: Log;
};

/** The order in which everything starts and stops. */
export function createStart(deps: StartDeps): Bot {
  const { config, database, store, queue, slack, sweep, watcher, tidying, policy, mapping, server } = deps;
  const { readiness, log } = deps;
  const stopping = new AbortController();

  const stop = once(async (): Promise<void> => {
    stopping.abort();
    await slack.bolt.stop();
    await server.stop();
    await Promise.all([sweep.stop(), watcher.stop(), tidying.stop(), policy.stop(), mapping.stop()]);
    await queue.stop({ timeoutMs: DRAIN_MS });
    await database.close();
  });

  async function start(): Promise<{ port: number }> {
    const unhandled = queue.unhandled();
    if (unhandled.length > 0) throw new Error(`No feature handles the jobs ${unhandled.join(', ')}.`);
    // First, so that the health pages say what the start waits for.
    const address = await server.start().catch(refuseAddress(config.http));
    await Promise.all([
      meetSlack(deps, stopping.signal),
      meetDevin(deps),
      prepareStore(deps, stopping.signal),
    ]);
    // Nothing would stop what starts after `stop`.
    stopping.signal.throwIfAborted();
    await queue.start();
    await sweep.start({ alone: database.kind === 'embedded' });
    watcher.start();
    tidying.start();
    await policy.start(async (sha256) => store.audit.fileLoaded('policy', sha256));
    await mapping.start(async (sha256) => {
      await store.audit.fileLoaded('mapping', sha256);
      // Remembered identities depend on the file.
      await store.identities.forgetAll();
    });
    stopping.signal.throwIfAborted();
    await slack.bolt.start().catch(refuseToken);
    const transport = config.slack.transport.kind;
    log.info({ ...address, transport, store: database.kind }, 'ready');
    return address;
  }

  return {
    start: async () =>
      start().catch((error: unknown) => {
        // What it needs is closed.
        stopping.signal.throwIfAborted();
        throw error;
      }),
    stop,
    readiness,
  };
}

function refuseAddress({ host, port }: Config['http']): (error: unknown) => never {
  return (error) => {
    const code = codeOf(error);
    if (code === null) throw error;
    throw new OperatorError('address', ({ start }) => start.address({ host, port, code }), { cause: error });
  };
}

/** Anything else is retried while connecting. */
function refuseToken(error: unknown): never {
  const failure = slackFailure(error);
  if (failure.kind !== 'refused') throw error;
  const say: Say = ({ start: words }) => words.token('SLACK_APP_TOKEN', failure.code);
  throw new OperatorError('app-token', say, { cause: error });
}

async function meetSlack(
  { config, slack, waiting, text, log }: StartDeps,
  signal: AbortSignal,
): Promise<void> {
  const check = async () => checkSlack({ client: slack.answers, botToken: config.slack.botToken });
  const bot = await waiting.until('Slack', check, signal);
  slack.identity.bot = bot;
  for (const scope of missingScopes(bot.scopes)) log.warn(text.doctor.noScope(scope));
}

async function meetDevin({ config, devin, text, log }: StartDeps): Promise<void> {
  const { orgId } = config.devin;
  const warnings = await checkDevin({ devin, orgId, signal: AbortSignal.timeout(DEVIN_MS) });
  for (const warning of warnings) log.warn(warning(text));
}

async function prepareStore(
  { config, database, begin, store, waiting, text, log }: StartDeps,
  signal: AbortSignal,
): Promise<void> {
  const { databaseUrl } = config.store;
  if (databaseUrl !== null && isPlain(databaseUrl)) log.warn(text.start.plainDatabase);
  await waiting.until('Postgres', database.ping, signal);
  await begin();
  await prepareSchema(database.db);
  // Settings may have changed: look everyone up again.
  await store.identities.forgetAll();
  // No other process can be alive, so nobody holds these leases.
  if (database.kind === 'embedded') await store.leases.releaseAll();
}

/** Between two attempts. */
const PAUSE_MS = 2000;

const PASSING: ReadonlySet<string> = new Set([
  'slack-unreachable',
  'slack-busy',
  'database-unreachable',
  'database-readonly',
]);

/** Waits for what the start needs. The app doesn't end meanwhile: a supervisor would pause longer after each attempt. */
export function createWaiting({
  text,
  log,
  pauseMs = PAUSE_MS,
}: {
  /** In the language of the log. */
  text: Text;
  log: Log;
  /** For tests. */
  pauseMs?: number;
}) {
  const reasons = new Map<string, string>();

  return {
    /** Why the app isn't ready yet. */
    warnings: (): string[] => [...reasons.values()],

    /** Rejects if the system refuses, and with the last failure if the signal ends the wait. */
    async until<Found>(
      system: 'Slack' | 'Postgres',
      ask: () => Promise<Found>,
      signal: AbortSignal,
    ): Promise<Found> {
      for (;;) {
        try {
          const found = await ask();
          reasons.delete(system);
          return found;
        } catch (error) {
          if (!isPassing(error)) throw error;
          const reason = text.joins.sentences([error.say(text), text.start.waits(system)]);
          reasons.set(system, reason);
          log.warn({ err: error.cause }, reason);
          if (!(await sleep(Math.max(pauseMs, error.retryAfterMs), signal))) throw error;
        }
      }
    },
  };
}

/** The system didn't refuse: it is down, busy, or out of reach. */
function isPassing(error: unknown): error is OperatorError {
  return error instanceof OperatorError && PASSING.has(error.code);
}
