import { createApprovals } from './approve/index.ts';
import { createCards } from './cards/index.ts';
import type { Config } from './config.ts';
import { createConversing } from './converse/index.ts';
import { createCreation } from './create/index.ts';
import { createDevin } from './devin/devin.ts';
import type { Devin } from './devin/devin.ts';
import { createFollowing } from './follow/index.ts';
import { createForms } from './forms/index.ts';
import { createHealthPages, createReadiness } from './health.ts';
import { createHome, createHomeRedrawer } from './home/index.ts';
import { openMapping } from './identity/mapping-file.ts';
import { createIdentityResolver, lookUpMembers } from './identity/resolve.ts';
import { createLife } from './life.ts';
import type { Bot } from './life.ts';
import { createLog } from './log.ts';
import { createMetrics } from './metrics.ts';
import type { Metrics } from './metrics.ts';
import { createPostOnce, createQueue, createSearchUntilFound, createWithLease } from './queue/index.ts';
import { createRestoring } from './restore/index.ts';
import { limitsOf } from './session/policy/index.ts';
import { createHttpServer } from './slack/http-server.ts';
import { createListeners } from './slack/listeners/index.ts';
import { createSlack } from './slack/slack.ts';
import { createSteering, createSteeringCheck } from './steer/index.ts';
import { openDatabase } from './store/database.ts';
import { createSeal, loadSecretsKeys } from './store/envelope.ts';
import { createLimiter } from './store/limiter.ts';
import { createRetention, createTidying } from './store/retention.ts';
import { countSetAside } from './store/set-aside.ts';
import { createSettings } from './store/settings.ts';
import { createStore } from './store/store.ts';
import type { Store } from './store/store.ts';
import { createLanguages } from './text/languages.ts';
import { skewWarnings, sleep } from './time.ts';
import type { Skews } from './time.ts';
import { createQuickGate, createSpending, createTrust, openPolicy, withPolicy } from './trust/index.ts';
import { createTuning } from './tuning.ts';
import type { Overrides, Tuning } from './tuning.ts';
import { createUpstream, isDown } from './upstream.ts';

export type { Bot, Overrides };

/** The whole bot. Opens the database; everything else waits for `start`. */
export async function createBot(config: Config, overrides: Overrides = {}): Promise<Bot> {
  const log = overrides.log ?? createLog(config.logLevel);
  const tuning = createTuning(config, log, overrides);
  const { now, machineNow } = tuning;
  const languages = createLanguages(config.language);
  const { shared: text, logged } = languages;
  const { requestTag: tagRequests, impersonation, mentions } = config;
  const { command, botToken } = config.slack;

  const file = { everyMs: tuning.policyEveryMs, text: logged, log };
  const policy = await openPolicy({ path: config.policyFile, ...file });
  const mapping = await openMapping({ path: config.identityFile, ...file });
  const { databaseProgram: program, onFatal } = tuning;
  const database = await openDatabase({ ...config.store, program, onFatal, log });
  await tuning.readTime(database.db);
  const queue = createQueue({ database, log, pollSeconds: tuning.pollSeconds });
  const seal = createSeal(...loadSecretsKeys({ ...config.store, log }));
  const plainStore = createStore(database.db, seal, tuning);
  const { db, posts, homes, leases } = plainStore;

  const metrics = createMetrics({
    depth: queue.depth,
    countSetAside: async () => countSetAside(db),
    policyOk: policy.isOk,
    identityOk: mapping.isOk,
    skews: { slack: () => skews.slack(), devin: () => skews.devin() },
  });
  const devin = reachDevin(config, tuning, metrics);
  const slack = createSlack({
    ...config.slack,
    knownPeople: plainStore.knownPeople,
    languageOf: createSettings(database.interactive).languageOf,
    languages,
    onRefused: metrics.countRefused,
    fetch: tuning.fetch,
    now,
    log,
  });
  const { gate, budget } = createTrust({ policy, ledger: plainStore.ledger, slack });
  const governed = (one: Store): Store => ({
    ...one,
    defaults: withPolicy(one.defaults, { policy, gate, log }),
  });
  const store = governed(plainStore);
  const ahead = (theirMs: number | null): number | null => (theirMs === null ? null : theirMs - machineNow());
  const skews: Skews = { slack: () => ahead(slack.clock.nowMs()), devin: () => ahead(devin.clock.nowMs()) };

  const members = lookUpMembers(devin.members);
  const { findMember } = members;
  const resolver = createIdentityResolver({
    ...members,
    impersonation,
    findPerson: slack.people.find,
    findOwner: slack.people.findOwner,
    mapping: mapping.current,
    identities: store.identities,
    now,
  });
  const check = createSteeringCheck({ resolver, settings: store.defaults });
  const limiter = createLimiter(() => limitsOf(policy.current(), config.limits));

  const withLease = createWithLease(leases, tuning.leaseMs);
  const postOnce = createPostOnce({ db, posts, outbound: slack.outbound });
  const searchUntilFound = createSearchUntilFound({ sleep, recheckDelaysMs: tuning.recheckDelaysMs, log });

  const kit = { withLease, postOnce, searchUntilFound };
  const shared = { ...kit, queue, store, devin, slack, resolver, tuning, text, command, tagRequests };
  const redrawHome = createHomeRedrawer({ homes, enqueue: queue.enqueue, now });
  const { drawCard, postNewCard } = createCards({ ...shared, redrawHome });
  const usage = createSpending({ ...shared, policy, budget });
  const { transitions, adopt, findLate, sweep } = createCreation({
    ...shared,
    gate,
    limiter,
    budget,
    postNewCard,
    onMoved: (state) => {
      metrics.countState(state);
      tuning.onState(state);
    },
  });
  createApprovals({ ...shared, gate, transitions, redrawHome });
  createForms({ queue, store, slack, resolver, gate, log });
  createHome({ ...shared, policy, mapping, usage, botToken });
  const { reconcile: prepare, ...restoring } = createRestoring({
    ...shared,
    findMember,
    adopt,
  });
  const { watcher, recorder, listMessages, fetchMessages } = createFollowing({
    ...shared,
    prepare,
    findLate,
  });
  const recordAnswer = recorder.answer;
  createSteering({
    ...shared,
    ...restoring,
    check,
    transitions,
    adopt,
    findMember,
    recordAnswer,
    drawCard,
  });
  createConversing({
    ...shared,
    check,
    recordAnswer,
    listMessages,
    fetchMessages,
    mayFallBack: impersonation !== 'required',
  });
  createListeners({
    app: slack.bolt.app,
    queue,
    // A person waits for what they ask.
    store: governed(createStore(database.interactive, seal, tuning)),
    database,
    slack,
    resolver,
    limiter,
    quickGate: createQuickGate(gate, log),
    search: devin.catalog.search,
    tagRequests,
    mentions,
    command,
    redrawHome,
    now,
    log,
  });

  const readiness = createReadiness({ database, queue, slack });
  const { host, port, metricsToken } = config.http;
  const warnings = (): string[] => skewWarnings(skews, logged);
  const server = createHttpServer({
    host,
    port,
    pages: createHealthPages({ readiness, warnings, metrics, metricsToken }),
    slackEvents: slack.bolt.slackEvents,
  });
  const { retentionDays } = config;
  const tidying = createTidying({ retention: createRetention(db), leases, retentionDays, log });
  const running = { sweep, watcher, tidying, policy, mapping, server, readiness };
  return createLife({ ...running, config, database, store, queue, devin, slack, text: logged, log });
}

function reachDevin({ devin }: Config, { fetch, now, log }: Tuning, metrics: Metrics): Devin {
  const origin = new URL(devin.apiUrl).origin;
  const upstream = createUpstream({ origin, fetch, refuse: isDown });
  return createDevin({ ...devin, fetch: upstream.guarded, now, log, onRequest: metrics.observeDevin });
}
