import { createApprovals } from './approve/index.ts';
import { createCards } from './cards/index.ts';
import type { Config } from './config.ts';
import { createConversing } from './converse/index.ts';
import { createCreation } from './create/index.ts';
import { createFollowing } from './follow/index.ts';
import { createForms } from './forms/index.ts';
import { createHealthPages } from './health.ts';
import { createHome, createHomeRedrawer } from './home/index.ts';
import { notifyOfSharing } from './identity/notify-shared.ts';
import { createLog } from './log.ts';
import { createRestoring } from './restore/index.ts';
import { openServices } from './services.ts';
import { createHttpServer } from './slack/http-server.ts';
import { createListeners } from './slack/listeners/index.ts';
import { createStartup, type Bot } from './startup.ts';
import { createSteering } from './steer/index.ts';
import { createRemoveExpired, createTidying } from './store/retention.ts';
import { skewWarnings } from './time.ts';
import { createQuickGate, createSpending, createSteeringCheck } from './trust/index.ts';
import type { Overrides } from './tuning.ts';
import { createWaiting } from './waiting.ts';

/** The whole bot. Opens the database; everything else waits for `start`. */
export async function createBot(config: Config, overrides: Overrides = {}): Promise<Bot> {
  const log = overrides.log ?? createLog(config.logLevel);
  const services = await openServices(config, overrides, log);
  const { tuning, text, logged, policy, mapping, database, queue, store, metrics, devin, slack } = services;
  const { interactiveStore, writes, readiness, skews, limiter, findMember, resolve, withNames } = services;
  const { gate, budget, decidersOf, withLease, postOnce, knownSince, searchUntilFound, onMoved } = services;
  const { requestTag: tagRequests, impersonation, mentions } = config;
  const { command, botToken } = config.slack;
  const { now } = tuning;
  const { outbound } = slack;
  // What most features work with. The type of each says what it takes of it.
  const common = { queue, store, devin, slack, resolve, withLease, postOnce, command, tuning, text };

  const redrawHome = createHomeRedrawer({ homes: store.homes, enqueue: queue.enqueue, tuning });
  const cards = createCards({ ...common, outbound, redrawHome });
  const { transitions, adopt, sweep, findUnconfirmed } = createCreation({
    ...common,
    policy,
    gate,
    decidersOf,
    limiter,
    budget,
    postNewCard: cards.postNewCard,
    searchUntilFound,
    withNames,
    tagRequests,
    onMoved,
  });
  createApprovals({ ...common, policy, gate, decidersOf, transitions, redrawHome });
  notifyOfSharing({ ...common, findMember, log });
  createForms({ ...common, gate, log });
  const usage = createSpending({ ...common, policy, budget });
  createHome({ ...common, policy, mapping, withNames, usage, botToken });

  const { reconcile, importSession } = createRestoring({ ...common, findMember, adopt, tagRequests });
  const check = createSteeringCheck({ resolve, settings: store.settings });
  const { watcher, recorder, fetchMessages } = createFollowing({
    ...common,
    check,
    budget,
    prepare: reconcile,
    findUnconfirmed,
    knownSince,
  });
  const recordAnswer = recorder.answer;
  createSteering({
    ...common,
    check,
    transitions,
    adopt,
    findMember,
    importSession,
    recordAnswer,
    placeCard: cards.placeCard,
    searchUntilFound,
  });
  const mayFallBack = impersonation !== 'required';
  createConversing({ ...common, check, recordAnswer, fetchMessages, searchUntilFound, mayFallBack });

  const { settings } = interactiveStore;
  createListeners({
    ...common,
    app: slack.bolt.app,
    // Here, a person waits for the answer.
    store: interactiveStore,
    resolve: services.resolveNow,
    withPriority: writes.withPriority,
    check: createSteeringCheck({ resolve: services.resolveNow, settings }),
    limiter,
    quickGate: createQuickGate({ gate, settings, withNames, log }),
    search: devin.catalog.search,
    withNames,
    tagRequests,
    mentions,
    redrawHome,
    onMoved: metrics.countState,
    now,
    log,
  });
  const { host, port, metricsToken } = config.http;
  const waiting = createWaiting({ text: logged, log });
  const warnings = (): string[] => [
    ...waiting.warnings(),
    ...(devin.refusesKey() ? [logged.start.devinKey] : []),
    ...skewWarnings(skews, logged),
  ];
  const pages = createHealthPages({ readiness, warnings, metrics, metricsToken });
  const server = createHttpServer({ host, port, pages, slackEvents: slack.bolt.slackEvents });
  const { retentionDays } = config;
  const removeExpired = createRemoveExpired(store.db, store.leases);
  const tidying = createTidying({ removeExpired, retentionDays, log });
  return createStartup({
    ...common,
    config,
    database,
    begin: services.begin,
    sweep,
    watcher,
    tidying,
    policy,
    // By then, all replicas have read it: one that hasn't would ask those whom it asked before.
    reviewAfterMs: 2 * tuning.policyEveryMs,
    mapping,
    waiting,
    server,
    readiness,
    text: logged,
    log,
  });
}
