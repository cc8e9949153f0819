import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { WebClient } from '@slack/web-api';
import type { WebClientOptions } from '@slack/web-api';
import { checkDevin, checkPermissions, checkSlack } from './checks.ts';
import type { Config } from './config.ts';
import { createDevin } from './devin/devin.ts';
import type { Devin } from './devin/devin.ts';
import { createHealthPages } from './health.ts';
import type { Readiness } from './health.ts';
import { createIdentityResolver } from './identity/resolve.ts';
import { lookUpMembers } from './identity/members.ts';
import { createAttachStep } from './jobs/create-session/attach.ts';
import { createEnd } from './jobs/create-session/end.ts';
import { createFindSession } from './jobs/create-session/find-session.ts';
import { createIdentifyStep } from './jobs/create-session/identify.ts';
import { createPostCardStep } from './jobs/create-session/post-card.ts';
import { createSessionCreator } from './jobs/create-session/run.ts';
import { createAdopt, createSendStep } from './jobs/create-session/send.ts';
import { createSettleStep, LOOKS_AT_MS } from './jobs/create-session/settle.ts';
import { createFormDescriber } from './jobs/describe-form.ts';
import { createQueue } from './jobs/queue.ts';
import type { Queue } from './jobs/queue.ts';
import { createResumer } from './jobs/resume.ts';
import { createSweep, SWEEP_TIMES } from './jobs/sweep.ts';
import type { Sweep, SweepTimes } from './jobs/sweep.ts';
import { createTeller } from './jobs/tell-person.ts';
import { createTransitions } from './jobs/transitions.ts';
import { createCardUpdater, createRenderCard } from './jobs/update-card.ts';
import { createLog } from './log.ts';
import type { Log } from './log.ts';
import { createMetrics } from './metrics.ts';
import type { Metrics } from './metrics.ts';
import type { RequestState } from './session/request.ts';
import { createBolt } from './slack/bolt.ts';
import type { BotIdentity } from './slack/bolt.ts';
import { createThreadReader, nameMentions } from './slack/context.ts';
import { createSlackFiles } from './slack/files.ts';
import { createFormOpener } from './slack/form-opener.ts';
import { createSlackHosts } from './slack/hosts.ts';
import { createHttpServer } from './slack/http-server.ts';
import type { HttpServer } from './slack/http-server.ts';
import { createIntake } from './slack/intake.ts';
import { listenToActions } from './slack/listeners/actions.ts';
import { listenToCommands } from './slack/listeners/commands.ts';
import { listenToOptions } from './slack/listeners/options.ts';
import type { Suggest } from './slack/listeners/options.ts';
import { listenToShortcuts } from './slack/listeners/shortcuts.ts';
import { listenToViews } from './slack/listeners/views.ts';
import { slackLogger } from './slack/log.ts';
import { createOutbound } from './slack/outbound.ts';
import { createPeople } from './slack/people.ts';
import { openDatabase } from './store/database.ts';
import type { Database } from './store/database.ts';
import { createEnvelopes } from './store/envelope.ts';
import { createForms } from './store/forms.ts';
import { createIdentities } from './store/identities.ts';
import { migrate } from './store/migrate.ts';
import { createRequests, LEASE_MS } from './store/requests.ts';
import { createSeal, loadSecretsKey } from './store/seal.ts';
import type { Seal } from './store/seal.ts';
import { createSessions } from './store/sessions.ts';
import type { StoreError } from './store/store-error.ts';
import { createSettings } from './store/settings.ts';
import { en } from './text/index.ts';

export type Overrides = {
  log?: Log;
  fetch?: typeof fetch;
  now?: () => number;
  /** When a lost answer is looked for. */
  looksAtMs?: readonly number[];
  /** How soon the work of a process that died is taken up. */
  leaseMs?: number;
  sweepTimes?: SweepTimes;
  /** Told of each state a request has reached, after the commit. */
  onState?: (state: RequestState) => void;
  /** The process is of no use any more, and a fresh one is the cure. */
  onFatal?: () => void;
};

export type Bot = {
  /** Ready to be asked when it resolves. Rejects with a sentence for whoever runs the app. */
  start(): Promise<{ port: number }>;
  /** No new work; what runs is recorded. A second call does nothing more. */
  stop(): Promise<void>;
  readiness(): Promise<Readiness>;
};

/** How long running jobs may take to end; a supervisor waits 10 s. */
const DRAIN_MS = 6000;
const SLACK_TIMEOUT_MS = 15_000;
const REQUESTS_AT_A_TIME = 20;

/** The only place that constructs things. Opens the database; everything else waits for `start`. */
export async function createBot(config: Config, overrides: Overrides = {}): Promise<Bot> {
  const log = overrides.log ?? createLog(config.logLevel);
  const { databaseUrl, dataDir, secretsKey } = config.store;
  const onFatal = (error: StoreError): void => {
    log.fatal({ err: error }, error.message);
    overrides.onFatal?.();
  };
  const database = await openDatabase({
    dataDir,
    log,
    onFatal,
    ...(databaseUrl !== null && { databaseUrl }),
  });
  const queue = createQueue({ database, log });
  const metrics = createMetrics(queue.depth);
  const settings: Settings = {
    log,
    now: Date.now,
    fetch,
    looksAtMs: LOOKS_AT_MS,
    leaseMs: LEASE_MS,
    sweepTimes: SWEEP_TIMES,
    onState: () => undefined,
    onFatal: () => undefined,
    ...overrides,
  };
  const seal = createSeal(loadSecretsKey({ dataDir, log, ...(secretsKey !== null && { secretsKey }) }));
  const store = createStore(database.db, seal, settings);
  const urgentStore = createStore(database.urgent, seal, settings);
  const devin = createDevin({ ...config.devin, fetch: settings.fetch, now: settings.now });
  const slack = createSlack(config, settings);
  const parts = { config, settings, metrics, database, queue, store, urgentStore, devin, slack };
  const sweep = createJobs(parts);
  const server = createEdge(parts);
  return createLife({ ...parts, sweep, server });
}

type Settings = Required<Overrides>;
type Store = ReturnType<typeof createStore>;
type Slack = ReturnType<typeof createSlack>;
type Parts = {
  config: Config;
  settings: Settings;
  metrics: Metrics;
  database: Database;
  queue: Queue;
  store: Store;
  /** For listeners: a person waits for what they ask. */
  urgentStore: Store;
  devin: Devin;
  slack: Slack;
};

function createStore(db: Database['db'], seal: Seal, { leaseMs }: Settings) {
  return {
    db,
    envelopes: createEnvelopes(seal),
    requests: createRequests(db, leaseMs),
    sessions: createSessions(db),
    forms: createForms(db),
    identities: createIdentities(db),
    defaults: createSettings(db),
  };
}

function createSlack({ slack: { botToken, apiUrl, transport } }: Config, settings: Settings) {
  const { log, fetch } = settings;
  const client = (options: WebClientOptions): WebClient =>
    new WebClient(botToken, {
      logger: slackLogger(log),
      timeout: SLACK_TIMEOUT_MS,
      ...(apiUrl !== null && { slackApiUrl: apiUrl }),
      ...options,
    });
  // A rate limit holds up all calls of a client, and a trigger id lives 3 s: what a person waits for has its own.
  const answers = client({ retryConfig: { retries: 1 }, rejectRateLimitedCalls: true });
  // Never retried blindly: posting a card twice is as wrong as posting none. The jobs decide.
  const background = client({ retryConfig: { retries: 0 }, rejectRateLimitedCalls: true });
  const hosts = createSlackHosts(apiUrl);
  const identity: { bot: BotIdentity | null } = { bot: null };
  const bot = (): BotIdentity => {
    if (identity.bot === null) throw new Error('Slack was asked for before the start.');
    return identity.bot;
  };
  const people = createPeople({ client: background, teamId: () => bot().teamId });
  return {
    answers,
    identity,
    people,
    thread: createThreadReader({ client: background, people, botUserId: () => bot().botUserId }),
    files: createSlackFiles({ client: background, hosts, botToken, fetch }),
    outbound: createOutbound({ answers, background, hosts, fetch, log }),
    bolt: createBolt({ transport, apiUrl, bot, onSocketLost: settings.onFatal, log }),
  };
}

function createJobs({ config, settings, metrics, queue, store, devin, slack }: Parts): Sweep {
  const { requests, sessions, forms, envelopes, identities, db } = store;
  const { log, now, looksAtMs } = settings;
  const { enqueue } = queue;
  const { outbound, people, thread } = slack;
  const onMoved = (state: RequestState): void => {
    metrics.countState(state);
    settings.onState(state);
  };
  const transitions = createTransitions({ db, requests, sessions, enqueue, onMoved });
  const showSending = (requestId: string): void => {
    enqueue('update-card', { requestId }, { key: requestId }).catch((error: unknown) => {
      log.warn({ err: error, requestId }, 'a card could not be brought up to date');
    });
  };
  const renderCard = createRenderCard({ sessions, text: en });
  const end = createEnd(transitions, envelopes);
  const adopt = createAdopt(transitions);
  const resolver = createIdentityResolver({
    ...lookUpMembers(devin.members),
    impersonation: config.impersonation,
    findPerson: people.find,
    identities,
    now,
  });
  const findSession = createFindSession({
    listSessions: devin.sessions.listAll,
    firstMessage: async (id) => (await devin.messages.list(id, { first: 1 })).items[0]?.message ?? null,
    sessions,
    tagRequests: config.requestTag,
  });
  const create = createSessionCreator({
    requests,
    enqueue,
    owner: randomUUID(),
    leaseMs: settings.leaseMs,
    steps: {
      accepted: createIdentifyStep({ resolver, transitions, end, now }),
      identified: createPostCardStep({ outbound, renderCard, transitions, end }),
      carded: createAttachStep({
        thread,
        nameMentions: async (text) => nameMentions(text, people),
        files: slack.files,
        upload: devin.attachments.upload,
        transitions,
        end,
        now,
      }),
      attached: createSendStep({
        createSession: devin.sessions.create,
        envelopes,
        tagRequests: config.requestTag,
        transitions,
        adopt,
        showSending,
        end,
        now,
      }),
      sending: createSettleStep({ findSession, adopt, transitions, sleep, looksAtMs, log }),
    },
  });
  const updateCard = createCardUpdater({ requests, renderCard, outbound, enqueue, log });
  const tell = createTeller({ requests, forms, envelopes, outbound, text: en });
  const describe = createFormDescriber({ forms, resolver, thread, outbound, text: en, log });
  const resume = createResumer({ requests, findSession, adopt, transitions });
  const many = { concurrency: REQUESTS_AT_A_TIME };
  queue.work('create-session', async ({ requestId }, { signal }) => create(requestId, signal), many);
  queue.work('update-card', async ({ requestId }) => updateCard(requestId), { concurrency: 4 });
  queue.work('tell-person', async ({ requestId, notice }) => tell(requestId, notice), { concurrency: 4 });
  queue.work('describe-form', async ({ formId, viewId }) => describe(formId, viewId), { concurrency: 4 });
  queue.work('resume', async ({ requestId, how }) => resume(requestId, how), { concurrency: 4 });
  return createSweep({ requests, forms, enqueue, times: settings.sweepTimes, log });
}

function createEdge(parts: Parts): HttpServer {
  const { config, settings, metrics, queue, urgentStore: store, database, devin, slack } = parts;
  const { requests, sessions, forms } = store;
  const { enqueue } = queue;
  const { bolt, outbound } = slack;
  const intake = createIntake({ ...store, enqueue });
  const openForm = createFormOpener({ outbound, enqueue, text: en });
  listenToCommands(bolt.app, { command: config.slack.command, intake, openForm, text: en });
  listenToShortcuts(bolt.app, { intake, openForm });
  listenToViews(bolt.app, { forms, intake, text: en });
  listenToOptions(bolt.app, { suggest: createSuggest(devin.catalog, settings.log), text: en });
  listenToActions(bolt.app, { requests, sessions, forms, intake, openForm, outbound, enqueue, text: en });
  const readiness = createReadiness({ database, queue, slack });
  return createHttpServer({
    ...config.http,
    pages: createHealthPages({ readiness, metrics }),
    slackEvents: bolt.slackEvents,
  });
}

/** Bolt's own 3 s for suggestions, less the way there and back. */
const SUGGEST_MS = 2000;

function createSuggest(catalog: Devin['catalog'], log: Log): Suggest {
  return async (lookup, typed) => {
    const found = catalog.search(lookup, typed).catch((error: unknown) => {
      log.warn({ err: error, lookup }, 'suggestions could not be looked up');
      return [];
    });
    return Promise.race([found, delay(SUGGEST_MS, [], { ref: false })]);
  };
}

function createReadiness({ database, queue, slack }: Pick<Parts, 'database' | 'queue' | 'slack'>) {
  return async (): Promise<Readiness> => ({
    database: await database.ping().then(
      () => true,
      () => false,
    ),
    queue: queue.healthy(),
    slack: slack.bolt.connected(),
  });
}

/** Resolves false when the signal ended it. */
async function sleep(ms: number, signal: AbortSignal): Promise<boolean> {
  if (ms <= 0) return !signal.aborted;
  return delay(ms, true, { signal }).catch(() => false);
}

type Life = Parts & { sweep: Sweep; server: HttpServer };

function createLife({ config, settings, database, queue, store, devin, slack, sweep, server }: Life): Bot {
  const { log } = settings;
  const { orgId } = config.devin;
  let stopped: Promise<void> | null = null;

  async function checkBothSides(): Promise<void> {
    const { botToken } = config.slack;
    const [bot, warnings] = await Promise.all([
      checkSlack({ client: slack.answers, botToken, text: en }),
      checkDevin({ devin, orgId, text: en }),
    ]);
    slack.identity.bot = bot;
    for (const warning of warnings) log.warn(warning);
    // Not waited for: what is missing here shows at its place, too.
    checkPermissions({ devin, orgId, text: en })
      .then((missing) => missing.forEach((warning) => log.warn(warning)))
      .catch((error: unknown) => log.warn({ err: error }, 'permissions could not be checked'));
  }

  async function prepareStore(): Promise<void> {
    await migrate(database.db);
    // Settings may have changed since: who somebody is, is looked up afresh.
    await store.identities.forgetAll();
    if (database.kind === 'embedded') await store.requests.releaseAll();
  }

  async function stop(): Promise<void> {
    await slack.bolt.stop();
    await server.stop();
    await sweep.stop();
    await queue.stop({ timeoutMs: DRAIN_MS });
    await database.close();
  }

  return {
    async start() {
      await Promise.all([checkBothSides(), prepareStore()]);
      await queue.start();
      await sweep.start({ alone: database.kind === 'embedded' });
      const address = await server.start();
      await slack.bolt.start();
      log.info({ ...address, transport: config.slack.transport.kind, store: database.kind }, 'ready');
      return address;
    },
    stop: async () => (stopped ??= stop()),
    readiness: createReadiness({ database, queue, slack }),
  };
}
