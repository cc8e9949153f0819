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
  const { tuning, logged, queue, store, metrics, devin, slack, interactiveStore, resolve, gate } = services;
  const { outbound } = slack;

  const redrawHome = createHomeRedrawer({ homes: store.homes, enqueue: queue.enqueue, tuning });
  const { postNewCard, placeCard } = createCards({ ...services, outbound, redrawHome });
  const { transitions, adopt, sweep, findUnconfirmed } = createCreation({ ...services, postNewCard });
  createApprovals({ ...services, transitions, redrawHome });
  notifyOfSharing({ ...services, log });
  createForms({ ...services, log });
  createHome({ ...services, usage: createSpending(services), botToken: config.slack.botToken });
  const { reconcile, importSession } = createRestoring({ ...services, adopt });
  const check = createSteeringCheck({ resolve, settings: store.settings });
  const { watcher, recorder, fetchMessages } = createFollowing({
    ...services,
    check,
    reconcile,
    findUnconfirmed,
  });
  const recordAnswer = recorder.answer;
  createSteering({ ...services, check, transitions, adopt, importSession, recordAnswer, placeCard });
  const mayFallBack = config.impersonation !== 'required';
  createConversing({ ...services, check, recordAnswer, fetchMessages, mayFallBack });

  // Here, a person waits for the answer.
  const { settings } = interactiveStore;
  const { resolveNow, withNames } = services;
  createListeners({
    ...services,
    app: slack.bolt.app,
    store: interactiveStore,
    resolve: resolveNow,
    withPriority: services.writes.withPriority,
    check: createSteeringCheck({ resolve: resolveNow, settings }),
    quickGate: createQuickGate({ gate, settings, withNames, log }),
    search: devin.catalog.search,
    mentions: config.mentions,
    redrawHome,
    onMoved: metrics.countState,
    reviewAfterMs: tuning.reviewAfterMs,
    now: tuning.now,
    log,
  });
  const { host, port, metricsToken } = config.http;
  const waiting = createWaiting({ text: logged, log });
  const warnings = (): string[] => {
    const unsaved = services.writes.trouble();
    return [
      ...waiting.warnings(),
      ...(unsaved === null ? [] : [logged.start.notSaved(unsaved)]),
      ...(devin.refusesKey() ? [logged.start.devinKey] : []),
      ...skewWarnings(services.skews, logged),
    ];
  };
  const pages = createHealthPages({ readiness: services.readiness, warnings, metrics, metricsToken });
  const server = createHttpServer({ host, port, pages, slackEvents: slack.bolt.slackEvents });
  const { retentionDays } = config;
  const removeExpired = createRemoveExpired(store.db, store.leases);
  const tidying = createTidying({ removeExpired, retentionDays, log });
  return createStartup({ ...services, config, sweep, watcher, tidying, waiting, server });
}
