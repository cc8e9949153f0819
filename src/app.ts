import { createSteering } from './act/index.ts';
import { createApprovals } from './approve/index.ts';
import type { Config } from './config.ts';
import { createConversing } from './converse/index.ts';
import { createCreation } from './create/index.ts';
import { createFollowing } from './follow/index.ts';
import { createForms } from './forms/index.ts';
import { createHealthPages, createWarnings } from './health.ts';
import { createHome, createHomeRedrawer } from './home/index.ts';
import { createLog } from './log.ts';
import { createReconciling } from './reconcile/index.ts';
import { createRestoring } from './restore/index.ts';
import { openServices } from './services.ts';
import { createHttpServer } from './slack/edge/http-server.ts';
import { createListeners } from './slack/listeners/index.ts';
import { createStartup, type Bot } from './startup.ts';
import { createTidying, removeExpired } from './store/retention.ts';
import { createQuickGate, createSpending, createSteeringCheck } from './trust/index.ts';
import type { Overrides } from './tuning.ts';
import { createWaiting } from './waiting.ts';

/** The whole bot. Opens the database; everything else waits for `start`. */
export async function createBot(config: Config, overrides: Overrides = {}): Promise<Bot> {
  const log = overrides.log ?? createLog(config.logLevel);
  const services = await openServices(config, overrides, log);
  const { tuning, text, logged, policy, mapping, database, queue, store, metrics, devin, slack } = services;
  const { interactiveStore, writes, readiness, skews, limiter, findMember, resolve, withNames } = services;
  const { gate, budget, mayApprove, mayEnd, withLease, postOnce, knownSince, searchUntilFound, onMoved } =
    services;
  const { requestTag: tagRequests, impersonation, mentions } = config;
  const { command, botToken } = config.slack;
  const { now } = tuning;

  const redrawHome = createHomeRedrawer({ homes: store.homes, enqueue: queue.enqueue, tuning });
  const { enqueue } = queue;
  const reconciling = {
    store,
    slack,
    findMember,
    enqueue,
    withLease,
    postOnce,
    redrawHome,
    text,
    command,
    now,
    log: tuning.log,
  };
  const show = createReconciling(reconciling, { queue, listing: store.listing });
  const { transitions, adopt, sweep, findUnconfirmed } = createCreation({
    queue,
    store,
    devin,
    slack,
    resolve,
    gate,
    limiter,
    budget,
    show,
    withLease,
    postOnce,
    searchUntilFound,
    withNames,
    tagRequests,
    surelyKnownSince: services.surelyKnownSince,
    onMoved,
    onSilent: metrics.countSilent,
    tuning,
    text,
  });
  const approving = { queue, store, slack, resolve, gate, mayApprove, mayEnd, transitions, redrawHome };
  createApprovals({ ...approving, withLease, postOnce, tuning });
  createForms({ queue, store, slack, resolve, gate, log });
  const spending = { queue, store, slack, policy, budget, withLease, postOnce, command, tuning };
  const usage = createSpending(spending);
  createHome({
    queue,
    store,
    devin,
    slack,
    resolve,
    policy,
    mapping,
    withNames,
    usage,
    botToken,
    command,
    tuning,
  });

  const { reconcile, importSession } = createRestoring({
    queue,
    store,
    devin,
    slack,
    resolve,
    findMember,
    adopt,
    tagRequests,
    command,
    tuning,
  });
  const check = createSteeringCheck({ resolve, settings: store.settings });
  const { watcher, recordAnswer } = createFollowing({
    queue,
    store,
    devin,
    slack,
    check,
    budget,
    prepare: reconcile,
    findUnconfirmed,
    withLease,
    postOnce,
    knownSince,
    command,
    tuning,
    text,
  });
  createSteering({
    queue,
    store,
    devin,
    slack,
    resolve,
    check,
    mayEnd,
    transitions,
    adopt,
    findMember,
    importSession,
    recordAnswer,
    show,
    searchUntilFound,
    tuning,
  });
  createConversing(queue, {
    store,
    devin,
    slack,
    enqueue: queue.enqueue,
    resolve,
    check,
    budget,
    recordAnswer,
    withLease,
    searchUntilFound,
    mayFallBack: impersonation !== 'required',
    now: tuning.now,
  });

  const { settings } = interactiveStore;
  createListeners({
    app: slack.bolt.app,
    queue,
    slack,
    command,
    // Here, a person waits for the answer.
    store: interactiveStore,
    resolve: services.resolveNow,
    save: writes.save,
    check: createSteeringCheck({ resolve: services.resolveNow, settings }),
    mayEnd,
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
  const warnings = createWarnings({ waiting, writes, devin, skews, text: logged });
  const pages = createHealthPages({ readiness, warnings, metrics, metricsToken });
  const server = createHttpServer({ host, port, pages, slackEvents: slack.bolt.slackEvents });
  const { retentionDays } = config;
  const tidying = createTidying(async (signal) => {
    await store.audit.logEnd(log);
    await removeExpired(store, retentionDays, signal);
  }, log);
  return createStartup({
    config,
    store,
    queue,
    devin,
    slack,
    database,
    begin: services.begin,
    sweep,
    watcher,
    tidying,
    policy,
    mapping,
    waiting,
    server,
    readiness,
    text: logged,
    log,
  });
}
