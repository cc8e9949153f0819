import { createApprovals } from './approve/index.ts';
import { createCards } from './cards/index.ts';
import type { Config } from './config.ts';
import { createConversing } from './converse/index.ts';
import { createCreation } from './create/index.ts';
import { createFollowing } from './follow/index.ts';
import { createForms } from './forms/index.ts';
import { createHealthPages, createReadiness, createWriteWatch } from './health.ts';
import { createHome, createHomeRedrawer } from './home/index.ts';
import { notifyOfSharing } from './identity/notify-shared.ts';
import { createLog } from './log.ts';
import { createRestoring } from './restore/index.ts';
import { openServices } from './services.ts';
import { createHttpServer } from './slack/http-server.ts';
import { createListeners } from './slack/listeners/index.ts';
import { createStartup } from './startup.ts';
import type { Bot } from './startup.ts';
import { createSteeringCheck } from './slack/steering-check.ts';
import { createSteering } from './steer/index.ts';
import { createRetention, createTidying } from './store/retention.ts';
import { skewWarnings } from './time.ts';
import { createQuickGate, createSpending } from './trust/index.ts';
import type { Overrides } from './tuning.ts';

/** The whole bot. Opens the database; everything else waits for `start`. */
export async function createBot(config: Config, overrides: Overrides = {}): Promise<Bot> {
  const log = overrides.log ?? createLog(config.logLevel);
  const services = await openServices(config, overrides, log);
  const { tuning, logged, database, queue, store, metrics, devin, slack, skews, gate, resolver } = services;
  const { now } = tuning;
  const { requestTag: tagRequests, impersonation, mentions } = config;
  const { command, botToken } = config.slack;

  const redrawHome = createHomeRedrawer({ homes: store.homes, enqueue: queue.enqueue, now });
  const shared = { ...services, tagRequests, command, redrawHome, log };
  const cards = createCards({ ...shared, outbound: slack.outbound });
  const creation = createCreation({
    ...shared,
    postNewCard: cards.postNewCard,
    onMoved: (state) => {
      metrics.countState(state);
      tuning.onState(state);
    },
  });
  const { transitions, adopt, sweep } = creation;
  createApprovals({ ...shared, transitions });
  notifyOfSharing({ ...shared, identities: store.identities });
  createForms(shared);

  const { usage, mayAll } = createSpending(shared);
  createHome({ ...shared, usage, mayAll, botToken });

  const restoring = createRestoring({ ...shared, adopt });
  const check = createSteeringCheck({ resolve: resolver.resolve, settings: store.settings });
  const { watcher, recorder, listMessages, fetchMessages } = createFollowing({
    ...shared,
    check,
    prepare: restoring.reconcile,
    findUnconfirmed: creation.findUnconfirmed,
  });
  createSteering({
    ...shared,
    ...restoring,
    check,
    transitions,
    adopt,
    recordAnswer: recorder.answer,
    placeCard: cards.placeCard,
  });
  createConversing({
    ...shared,
    check,
    recordAnswer: recorder.answer,
    listMessages,
    fetchMessages,
    mayFallBack: impersonation !== 'required',
  });

  const writes = createWriteWatch(tuning.machineNow);
  createListeners({
    ...shared,
    app: slack.bolt.app,
    store: services.interactiveStore,
    withPriority: async (write) => writes.watch(async () => database.withPriority(write)),
    quickGate: createQuickGate(gate, log),
    search: devin.catalog.search,
    mentions,
    onMoved: metrics.countState,
    now,
  });
  const readiness = createReadiness({ database, writes, queue, slack });
  const { host, port, metricsToken } = config.http;
  const warnings = (): string[] => skewWarnings(skews, logged);
  const pages = createHealthPages({ readiness, warnings, metrics, metricsToken });
  const server = createHttpServer({ host, port, pages, slackEvents: slack.bolt.slackEvents });
  const { retentionDays } = config;
  const retention = createRetention(store.db, store.leases);
  const tidying = createTidying({ retention, retentionDays, log });
  return createStartup({ ...shared, config, sweep, watcher, tidying, server, readiness, text: logged });
}
