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
import type { IdentityResolver } from './identity/resolve.ts';
import { lookUpMembers } from './identity/members.ts';
import { createAttachStep } from './jobs/create-session/attach.ts';
import { createEnd } from './jobs/create-session/end.ts';
import { createFindSession } from './jobs/create-session/find-session.ts';
import { createIdentifyStep } from './jobs/create-session/identify.ts';
import { createPostCardStep } from './jobs/create-session/post-card.ts';
import type { RenderCard } from './jobs/create-session/post-card.ts';
import { createSessionCreator } from './jobs/create-session/run.ts';
import { createAdopt, createSendStep } from './jobs/create-session/send.ts';
import { createSettleStep, LOOKS_AT_MS } from './jobs/create-session/settle.ts';
import { createFormDescriber } from './jobs/describe-form.ts';
import { createQueue } from './jobs/queue.ts';
import type { Queue } from './jobs/queue.ts';
import { createComposeReply } from './jobs/relay/compose-reply.ts';
import { createFetchMessages } from './jobs/relay/fetch-messages.ts';
import { createFindAttachments } from './jobs/relay/find-attachments.ts';
import { createRelayFromDevin, RELAY_TIMES } from './jobs/relay/from-devin.ts';
import type { RelayTimes } from './jobs/relay/from-devin.ts';
import { createOneAtATime } from './jobs/relay/one-at-a-time.ts';
import { createPostMessage } from './jobs/relay/post-message.ts';
import type { ReadFile } from './jobs/relay/post-message.ts';
import { createReplyMoves } from './jobs/relay/reply-moves.ts';
import { createSendReply } from './jobs/relay/send-reply.ts';
import { createSettleReply } from './jobs/relay/settle-reply.ts';
import { readAttachment } from './jobs/relay/share-file.ts';
import { createLeftOutTeller, createReplyTeller } from './jobs/relay/tell-reply.ts';
import { createThreadWords } from './jobs/relay/thread-words.ts';
import { createRelayToDevin } from './jobs/relay/to-devin.ts';
import { createResumer } from './jobs/resume.ts';
import { createAnswerer } from './jobs/steer/answer.ts';
import { createCanceller } from './jobs/steer/cancel.ts';
import { createSteeringCheck } from './jobs/steer/check.ts';
import { createFollower } from './jobs/steer/follow.ts';
import { createLinker } from './jobs/steer/link.ts';
import { createPlaceCard } from './jobs/steer/place-card.ts';
import { createReadHistory } from './jobs/steer/read-history.ts';
import { createSteerer } from './jobs/steer/steer.ts';
import { createSweep, SWEEP_TIMES } from './jobs/sweep.ts';
import type { Sweep, SweepTimes } from './jobs/sweep.ts';
import { createTeller } from './jobs/tell-person.ts';
import { createTransitions } from './jobs/transitions.ts';
import { createCardUpdater, createDrawCard } from './jobs/update-card.ts';
import { createMilestoneComposer } from './jobs/watch/compose-milestone.ts';
import { createReconciler } from './jobs/watch/reconcile.ts';
import { createRecorder } from './jobs/watch/record.ts';
import type { Recorder } from './jobs/watch/record.ts';
import { createRound, ROUND_TIMES } from './jobs/watch/round.ts';
import type { RoundTimes } from './jobs/watch/round.ts';
import { createResultSharer } from './jobs/watch/share-result.ts';
import { createPollingSource } from './jobs/watch/status-source.ts';
import { createMilestoneTeller } from './jobs/watch/tell-milestones.ts';
import { createWatcher, WATCHER_TIMES } from './jobs/watch/watcher.ts';
import type { Watcher, WatcherTimes } from './jobs/watch/watcher.ts';
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
import { listenToEvents } from './slack/listeners/events.ts';
import { listenToOptions } from './slack/listeners/options.ts';
import type { Suggest } from './slack/listeners/options.ts';
import { listenToSteering } from './slack/listeners/steering.ts';
import { listenToShortcuts } from './slack/listeners/shortcuts.ts';
import { listenToViews } from './slack/listeners/views.ts';
import { slackLogger } from './slack/log.ts';
import { createOutbound } from './slack/outbound.ts';
import { createPeople } from './slack/people.ts';
import { createSteeringIntake } from './slack/steering-intake.ts';
import { createThreadIntake } from './slack/thread-intake.ts';
import { createCards } from './store/cards.ts';
import type { EditBudget } from './store/cards.ts';
import { openDatabase } from './store/database.ts';
import type { Database } from './store/database.ts';
import { createEnvelopes } from './store/envelope.ts';
import { createForms } from './store/forms.ts';
import { createIdentities } from './store/identities.ts';
import { createLeases } from './store/leases.ts';
import { migrate } from './store/migrate.ts';
import { createListing } from './store/listing.ts';
import { createMilestones } from './store/milestones.ts';
import { createReplies } from './store/replies.ts';
import { createRequests, LEASE_MS } from './store/requests.ts';
import { createSeal, loadSecretsKey } from './store/seal.ts';
import type { Seal } from './store/seal.ts';
import { createSessionMessages } from './store/session-messages.ts';
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
  /** Of the watcher; how often it looks at most is a setting. */
  watchTimes?: Partial<WatchTimes>;
  /** How many edits of cards Slack takes. */
  editBudget?: EditBudget;
  /** Of what is taken from Devin to threads and back. */
  relayTimes?: RelayTimes;
  /** Told of each state a request has reached, after the commit. */
  onState?: (state: RequestState) => void;
  /** The process is of no use any more, and a fresh one is the cure. */
  onFatal?: () => void;
};

/** `fastestMs`: WATCH_SECONDS, unless given. `tellAfterMs`: so long what is worth a message waits for the messages before it. */
type WatchTimes = WatcherTimes & RoundTimes & { fastestMs: number; tellAfterMs: number };
const WATCH_TIMES: Omit<WatchTimes, 'fastestMs'> = { ...WATCHER_TIMES, ...ROUND_TIMES, tellAfterMs: 15_000 };

/** Together at most the 50 a minute of https://docs.slack.dev/reference/methods/chat.update */
const EDIT_BUDGET: EditBudget = { burst: 15, perMinute: 35 };

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
const THREADS_AT_A_TIME = 10;

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
    editBudget: EDIT_BUDGET,
    relayTimes: RELAY_TIMES,
    onState: () => undefined,
    onFatal: () => undefined,
    ...overrides,
    watchTimes: { ...WATCH_TIMES, fastestMs: config.watchSeconds * 1000, ...overrides.watchTimes },
  };
  const seal = createSeal(loadSecretsKey({ dataDir, log, ...(secretsKey !== null && { secretsKey }) }));
  const store = createStore(database.db, seal, settings);
  const urgentStore = createStore(database.urgent, seal, settings);
  const devin = createDevin({ ...config.devin, fetch: settings.fetch, now: settings.now });
  const slack = createSlack(config, settings);
  const parts = { config, settings, metrics, database, queue, store, urgentStore, devin, slack };
  const watching = createWatching(parts);
  createSteering(parts, watching.recorder);
  createRelayToThread(parts);
  createRelayToSession(parts, watching.recorder);
  const sweep = createJobs(parts);
  const server = createEdge(parts);
  return createLife({ ...parts, ...watching, sweep, server });
}

type Settings = Required<Overrides> & { watchTimes: WatchTimes };
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

function createStore(db: Database['db'], seal: Seal, { leaseMs, editBudget }: Settings) {
  return {
    db,
    envelopes: createEnvelopes(seal),
    requests: createRequests(db, leaseMs),
    sessions: createSessions(db),
    cards: createCards(db, editBudget),
    milestones: createMilestones(db),
    leases: createLeases(db),
    forms: createForms(db),
    identities: createIdentities(db),
    listing: createListing(db),
    replies: createReplies(db),
    messages: createSessionMessages(db),
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
    botUserId: () => bot().botUserId,
    people,
    thread: createThreadReader({ client: background, people, botUserId: () => bot().botUserId }),
    files: createSlackFiles({ client: background, hosts, botToken, fetch }),
    outbound: createOutbound({ answers, background, hosts, fetch, log }),
    bolt: createBolt({ transport, apiUrl, bot, onSocketLost: settings.onFatal, log }),
  };
}

function createResolver({ config, settings, store, devin, slack }: Parts): IdentityResolver {
  return createIdentityResolver({
    ...lookUpMembers(devin.members),
    impersonation: config.impersonation,
    findPerson: slack.people.find,
    identities: store.identities,
    now: settings.now,
  });
}

function createJobs(parts: Parts): Sweep {
  const { config, settings, metrics, queue, store, devin, slack } = parts;
  const { requests, sessions, forms, envelopes, db } = store;
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
  const drawCard = createDrawCard({ sessions, text: en, now });
  const renderCard: RenderCard = async (request) => (await drawCard(request)).rendered;
  const end = createEnd(transitions, envelopes);
  const adopt = createAdopt(transitions);
  const resolver = createResolver(parts);
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
      identified: createPostCardStep({ outbound, renderCard, transitions, end, now }),
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
  const updateCard = createCardUpdater({
    requests,
    cards: store.cards,
    drawCard,
    outbound,
    enqueue,
    now,
    log,
  });
  const tell = createTeller({ requests, forms, envelopes, outbound, text: en });
  const describe = createFormDescriber({ forms, resolver, thread, outbound, text: en, log });
  const resume = createResumer({ requests, findSession, adopt, transitions });
  const many = { concurrency: REQUESTS_AT_A_TIME };
  queue.work('create-session', async ({ requestId }, { signal }) => create(requestId, signal), many);
  queue.work('update-card', async ({ requestId }) => updateCard(requestId), { concurrency: 4 });
  queue.work('tell-person', async ({ requestId, notice }) => tell(requestId, notice), { concurrency: 4 });
  queue.work('describe-form', async ({ formId, viewId }) => describe(formId, viewId), { concurrency: 4 });
  queue.work('resume', async ({ requestId, how }) => resume(requestId, how), { concurrency: 4 });
  return createSweep({ ...store, enqueue, times: settings.sweepTimes, log });
}

/** Nothing to find where sessions carry no tag. */
function createReconciliation({ config, settings, queue, store, devin }: Parts) {
  const { log, now, onState: onMoved } = settings;
  const serviceUserId = async (): Promise<string | null> => {
    const self = await devin.self.get();
    return self.principal_type === 'service_user' ? self.service_user_id : null;
  };
  const adopt = createAdopt(createTransitions({ ...store, enqueue: queue.enqueue, onMoved }));
  const { listAll: listSessions } = devin.sessions;
  const reconcile = createReconciler({ ...store, serviceUserId, listSessions, adopt, now, log });
  return async (signal: AbortSignal): Promise<void> => {
    if (config.requestTag) await reconcile(signal);
  };
}

/** `recorder`: for whatever else learns from Devin how a session is. */
function createWatching(parts: Parts): { watcher: Watcher; recorder: Recorder } {
  const { settings, queue, store, devin, slack } = parts;
  const { sessions, milestones } = store;
  const { log, now, watchTimes: times } = settings;
  const { enqueue } = queue;
  const random = Math.random;
  const recorder = createRecorder({ ...store, enqueue, times, now, random });
  const source = createPollingSource(devin.sessions);
  const round = createRound({ sessions, source, recorder, enqueue, times, now, random, log });
  const compose = createMilestoneComposer({ lastSaid: milestones.lastSaid, text: en, now });
  const { outbound } = slack;
  const shareResult = createResultSharer({ outbound });
  const tell = createMilestoneTeller({ ...store, compose, shareResult, outbound, enqueue, now, log });
  queue.work('tell-milestones', async ({ sessionId }) => tell(sessionId), { concurrency: 4 });
  const owner = randomUUID();
  const prepare = createReconciliation(parts);
  const watcher = createWatcher({ leases: store.leases, owner, prepare, round, times, sleep, log });
  return { watcher, recorder };
}

/** Stop, archive, cancel, follow, and who is who. */
function createSteering(parts: Parts, recorder: Recorder): void {
  const { settings, metrics, queue, store, devin, slack } = parts;
  const { now, looksAtMs } = settings;
  const { enqueue } = queue;
  const { outbound, people } = slack;
  const resolver = createResolver(parts);
  const check = createSteeringCheck({ resolver, settings: store.defaults });
  const answer = createAnswerer({ envelopes: store.envelopes, outbound });
  const { terminate: stop, archive, get } = devin.sessions;
  const steer = createSteerer({
    ...store,
    check,
    devin: { stop, archive, get },
    enqueue,
    recordAnswer: recorder.answer,
    answer,
    sleep,
    looksAtMs,
    text: en,
  });
  const onMoved = (state: RequestState): void => {
    metrics.countState(state);
    settings.onState(state);
  };
  const transitions = createTransitions({ ...store, enqueue, onMoved });
  const cancel = createCanceller({ ...store, check, transitions, answer, text: en });
  const drawCard = createDrawCard({ sessions: store.sessions, text: en, now });
  const renderCard: RenderCard = async (request) => (await drawCard(request)).rendered;
  const placeCard = createPlaceCard({ ...store, outbound, renderCard, enqueue, now });
  const readHistory = createReadHistory(devin.messages);
  const follow = createFollower({
    ...store,
    resolver,
    getSession: devin.sessions.get,
    readHistory,
    placeCard,
    enqueue,
    outbound,
    answer,
    text: en,
  });
  const { findMember } = lookUpMembers(devin.members);
  const link = createLinker({ people, findMember, identities: store.identities, answer, text: en });
  queue.work('steer', async (job, { signal }) => steer(job, signal), { concurrency: 4 });
  queue.work('cancel-request', async (job) => cancel(job), { concurrency: 4 });
  queue.work('follow-session', async (job) => follow(job), { concurrency: 4 });
  queue.work('link-person', async (job) => link(job), { concurrency: 4 });
}

/** What Devin says goes into the thread, with the files it made. */
function createRelayToThread({ settings, queue, store, devin, slack }: Parts): void {
  const { log, now, relayTimes: times } = settings;
  const { enqueue } = queue;
  const { outbound } = slack;
  const { attachments, messages } = devin;
  const readFile: ReadFile = async (file, signal) => readAttachment(attachments.download, file, signal);
  const relay = createRelayFromDevin({
    ...store,
    fetchMessages: createFetchMessages({
      ...store,
      settings: store.defaults,
      listMessages: messages.list,
      enqueue,
    }),
    findAttachments: createFindAttachments({ ...store, listAttachments: attachments.list, now, log }),
    postMessage: createPostMessage({ ...store, outbound, readFile, text: en, now, log }),
    outbound,
    oneAtATime: createOneAtATime(store.leases),
    enqueue,
    times,
    text: en,
    now,
    log,
  });
  const many = { concurrency: THREADS_AT_A_TIME };
  queue.work('relay-from-devin', async ({ sessionId }, { signal }) => relay(sessionId, signal), many);
}

/** What people say in the thread, in boxes and by commands goes to Devin. */
function createRelayToSession(parts: Parts, recorder: Recorder): void {
  const { config, settings, queue, store, devin, slack } = parts;
  const { log, now, looksAtMs, relayTimes } = settings;
  const { enqueue } = queue;
  const { outbound, people } = slack;
  const resolver = createResolver(parts);
  const move = createReplyMoves({ ...store, enqueue });
  const listMessages = devin.messages.list;
  const settle = createSettleReply({ ...store, listMessages, move, sleep, looksAtMs, log });
  const sender = createSendReply({
    compose: createComposeReply({
      files: slack.files,
      upload: devin.attachments.upload,
      nameMentions: async (text) => nameMentions(text, people),
      nameOf: async (userId) => (await people.find(userId))?.name ?? userId,
    }),
    sendMessage: devin.sessions.sendMessage,
    getSession: devin.sessions.get,
    recordAnswer: recorder.answer,
    settle,
    tellLeftOut: createLeftOutTeller({ ...store, outbound, text: en }),
    move,
    mayFallBack: config.impersonation !== 'required',
    now,
  });
  const relay = createRelayToDevin({
    ...store,
    resolver,
    check: createSteeringCheck({ resolver, settings: store.defaults }),
    sender,
    settle,
    words: createThreadWords({ ...store, enqueue }),
    move,
    oneAtATime: createOneAtATime(store.leases),
    enqueue,
    busyMs: relayTimes.busyMs,
    now,
  });
  const tell = createReplyTeller({ ...store, outbound, text: en });
  const many = { concurrency: THREADS_AT_A_TIME };
  queue.work('relay-to-devin', async ({ sessionId }, { signal }) => relay(sessionId, signal), many);
  queue.work('tell-reply', async ({ replyId }) => tell(replyId), { concurrency: 4 });
}

function createEdge(parts: Parts): HttpServer {
  const { config, settings, metrics, queue, urgentStore: store, database, devin, slack } = parts;
  const { requests, sessions, forms } = store;
  const { enqueue } = queue;
  const { bolt, outbound } = slack;
  const intake = createIntake({ ...store, enqueueAll: queue.enqueueAll, prefer: database.prefer });
  const openForm = createFormOpener({ outbound, enqueue, text: en });
  const steering = createSteeringIntake({ ...store, enqueue, prefer: database.prefer });
  const shared = { ...store, intake, steering, openForm, outbound, text: en };
  const { command } = config.slack;
  listenToCommands(bolt.app, { ...shared, command, people: slack.people, now: settings.now });
  listenToSteering(bolt.app, shared);
  const threads = createThreadIntake({ ...store, enqueue, prefer: database.prefer });
  listenToEvents(bolt.app, { ...shared, threads, botUserId: slack.botUserId, log: settings.log });
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

type Life = Parts & { sweep: Sweep; watcher: Watcher; server: HttpServer };

function createLife({
  config,
  settings,
  database,
  queue,
  store,
  devin,
  slack,
  sweep,
  watcher,
  server,
}: Life): Bot {
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
    // No other process can be alive: what a dead one held is free at once.
    if (database.kind === 'embedded')
      await Promise.all([store.requests.releaseAll(), store.leases.releaseAll()]);
  }

  async function stop(): Promise<void> {
    await slack.bolt.stop();
    await server.stop();
    await Promise.all([sweep.stop(), watcher.stop()]);
    await queue.stop({ timeoutMs: DRAIN_MS });
    await database.close();
  }

  return {
    async start() {
      await Promise.all([checkBothSides(), prepareStore()]);
      await queue.start();
      await sweep.start({ alone: database.kind === 'embedded' });
      watcher.start();
      const address = await server.start();
      await slack.bolt.start();
      log.info({ ...address, transport: config.slack.transport.kind, store: database.kind }, 'ready');
      return address;
    },
    stop: async () => (stopped ??= stop()),
    readiness: createReadiness({ database, queue, slack }),
  };
}
