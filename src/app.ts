import { createActing } from './act/index.ts';
import type { Config } from './config.ts';
import { createConversing } from './converse/index.ts';
import { createCreation } from './create/index.ts';
import { createFollowing } from './follow/index.ts';
import { createHealthPages, untilAnswered, type Readiness } from './health.ts';
import { createHome, createHomeRedrawer } from './home/index.ts';
import { checkDevin, checkSlack } from './operator/checks.ts';
import { createReconciling } from './reconcile/index.ts';
import { restoreLost } from './restore/index.ts';
import { openServices, type Overrides, type Services } from './services.ts';
import { slackFailure } from './slack/edge/errors.ts';
import { createHttpServer, type HttpServer } from './slack/edge/http-receiver.ts';
import { missingScopes } from './slack/edge/slack.ts';
import { createListeners } from './slack/listeners/index.ts';
import { isPlain } from './store/database.ts';
import { removeExpired, startTidying } from './store/retention.ts';
import { prepareSchema } from './store/schema.ts';
import { codeOf } from './store/sql.ts';
import { OperatorError, type Say } from './text/operator-error.ts';
import { once, type Interval } from './time.ts';
import { createQuickGate, createSpending, createSteeringCheck } from './trust/index.ts';

export type Bot = {
  /** Resolves when the app takes requests. Rejects with an `OperatorError`; after `stop`, an `AbortError`. */
  start(): Promise<{ port: number }>;
  /** Takes no new work, and records what is running. A second call waits for the first. */
  stop(): Promise<void>;
  readiness(): Promise<Readiness>;
};

/** The whole bot. Opens the database; everything else waits for `start`. */
export async function createBot(config: Config, overrides: Overrides = {}): Promise<Bot> {
  const services = await openServices(config, overrides);
  const { queue, store, slack, metrics, interactiveStore } = services;

  // Each feature takes what its context names, and sees nothing else.
  const redrawHome = createHomeRedrawer(services);
  const usage = createSpending(services);
  const home = createHome({ ...services, usage });
  const show = createReconciling(queue, { ...services, redrawHome }, { listing: store.listing, home });
  const { startSweep, findUnconfirmed } = createCreation({ ...services, show });
  const prepare = async (signal: AbortSignal) => restoreLost(services, signal);
  const following = createFollowing(queue, { ...services, redrawHome }, { prepare, findUnconfirmed });
  const { startWatching, recordAnswer } = following;
  const check = createSteeringCheck({ resolve: services.resolve, settings: store.settings });
  createActing(queue, { ...services, recordAnswer, usage, show, check });
  createConversing(queue, { ...services, check, recordAnswer });

  // Here, a person waits for the answer.
  const interactive = { ...services, store: interactiveStore, settings: interactiveStore.settings };
  createListeners({
    ...interactive,
    check: createSteeringCheck(interactive),
    gate: createQuickGate(interactive),
    redrawHome,
  });

  const { host, port, metricsToken } = config.http;
  const pages = createHealthPages({ readiness: services.readiness, metrics, metricsToken });
  const server = createHttpServer({ host, port, pages, slackEvents: slack.bolt.slackEvents });
  return createLife({ ...services, startSweep, startWatching, server });
}

/** How long running jobs may take. Supervisors wait 10 s before they kill a process. */
const DRAIN_MS = 6000;
/** If Devin takes longer, requests wait for it, and the start doesn't. */
const DEVIN_MS = 5000;

type Parts = Services & {
  startSweep: (how: { alone: boolean }) => Promise<Interval>;
  startWatching: () => Interval;
  server: HttpServer;
};

/** The order in which everything starts and stops. */
function createLife(parts: Parts): Bot {
  const { config, database, store, queue, slack, policy, mapping, server } = parts;
  const { readiness, log } = parts;
  const stopping = new AbortController();
  const running: Interval[] = [];

  const stop = once(async (): Promise<void> => {
    stopping.abort();
    await slack.bolt.stop();
    await server.stop();
    await Promise.all(running.map(async (one) => one.stop()));
    await queue.stop({ timeoutMs: DRAIN_MS });
    await database.close();
  });

  async function start(): Promise<{ port: number }> {
    // First, so that the health pages say what is missing.
    const address = await server.start().catch(refuseAddress(config.http));
    await Promise.all([
      meetSlack(parts, stopping.signal),
      meetDevin(parts),
      prepareStore(parts, stopping.signal),
    ]);
    // Nothing would stop what starts after `stop`.
    stopping.signal.throwIfAborted();
    await queue.start();
    running.push(await parts.startSweep({ alone: database.kind === 'embedded' }));
    stopping.signal.throwIfAborted();
    const tidy = async (signal: AbortSignal): Promise<void> => {
      await store.audit.logEnd(log);
      await removeExpired(store, config.retentionDays, signal);
    };
    running.push(parts.startWatching(), startTidying(tidy, log));
    running.push(await policy.start(async (sha256) => store.audit.fileLoaded('policy', sha256)));
    const remap = async (sha256: string | null): Promise<void> => {
      await store.audit.fileLoaded('mapping', sha256);
      // Remembered identities depend on the file.
      await store.identities.forgetAll();
    };
    running.push(await mapping.start(remap));
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

async function meetSlack(parts: Parts, signal: AbortSignal): Promise<void> {
  const { config, slack, logged: text, log } = parts;
  const check = async () => checkSlack(slack.answers, config.slack.botToken);
  const bot = await untilAnswered('Slack', check, { ...parts, signal });
  slack.identity.bot = bot;
  for (const scope of missingScopes(bot.scopes)) log.warn(text.doctor.noScope(scope));
}

async function meetDevin({ config, devin, logged: text, log }: Parts): Promise<void> {
  const { orgId } = config.devin;
  const warnings = await checkDevin({ devin, orgId, signal: AbortSignal.timeout(DEVIN_MS) });
  for (const warning of warnings) log.warn(warning(text));
}

async function prepareStore(parts: Parts, signal: AbortSignal): Promise<void> {
  const { config, database, begin, store, logged: text, log } = parts;
  const { databaseUrl } = config.store;
  if (databaseUrl !== null && isPlain(databaseUrl)) log.warn(text.start.plainDatabase);
  await untilAnswered('Postgres', database.ping, { ...parts, signal });
  await begin();
  await prepareSchema(database.db);
  // Settings may have changed: look everyone up again.
  await store.identities.forgetAll();
  // No other process can be alive, so nobody holds these leases.
  if (database.kind === 'embedded') await store.leases.releaseAll();
}
