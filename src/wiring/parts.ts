import type { Skews } from '../clock-skew.ts';
import type { Config } from '../config.ts';
import { createDevin } from '../devin/devin.ts';
import type { Devin } from '../devin/devin.ts';
import { lookUpMembers } from '../identity/members.ts';
import { createIdentityResolver } from '../identity/resolve.ts';
import type { IdentityResolver } from '../identity/resolve.ts';
import {
  createOneAtATime,
  createPostOnce,
  createQueue,
  createSearchUntilFound,
  createWithLease,
} from '../queue/index.ts';
import type { OneAtATime, PostOnce, Queue, SearchUntilFound, WithLease } from '../queue/index.ts';
import { createAdopt } from '../create/send.ts';
import type { Adopt } from '../create/send.ts';
import { createTransitions } from '../create/transitions.ts';
import type { Transitions } from '../create/transitions.ts';
import { createDrawCard } from '../cards/index.ts';
import type { DrawCard } from '../cards/index.ts';
import { createLog } from '../log.ts';
import { createMetrics } from '../metrics.ts';
import { countSetAside } from '../store/set-aside.ts';
import type { Metrics } from '../metrics.ts';
import type { RequestState } from '../session/request.ts';
import { openDatabase } from '../store/database.ts';
import type { Database } from '../store/database.ts';
import { createLimiter } from '../store/limiter.ts';
import type { Limiter } from '../store/limiter.ts';
import { createSeal, loadSecretsKeys } from '../store/seal.ts';
import type { StoreError } from '../store/store-error.ts';
import { en } from '../text/index.ts';
import { createUpstream, isDown } from '../upstream.ts';
import { createSettings } from './settings.ts';
import type { Overrides, Settings } from './settings.ts';
import { createSlack } from './slack.ts';
import type { Slack } from './slack.ts';
import { sleep } from './sleep.ts';
import { createStore } from './store.ts';
import type { Store } from './store.ts';

/** What every part of the bot is made of. */
export type Parts = {
  config: Config;
  settings: Settings;
  metrics: Metrics;
  skews: Skews;
  database: Database;
  queue: Queue;
  store: Store;
  /** For listeners: a person waits for what they ask. */
  urgentStore: Store;
  devin: Devin;
  slack: Slack;
  resolver: IdentityResolver;
  limiter: Limiter;
  transitions: Transitions;
  adopt: Adopt;
  withLease: WithLease;
  oneAtATime: OneAtATime;
  postOnce: PostOnce;
  searchUntilFound: SearchUntilFound;
  /** A request's card, as it is now. */
  drawCard: DrawCard;
};

export async function createParts(config: Config, overrides: Overrides): Promise<Parts> {
  const log = overrides.log ?? createLog(config.logLevel);
  const settings = createSettings(config, log, overrides);
  const database = await open(config, settings);
  const queue = createQueue({ database, log, pollSeconds: settings.pollSeconds });
  const metrics = createMetrics({
    depth: queue.depth,
    countSetAside: async () => countSetAside(database.db),
    skews: { slack: () => skews.slack(), devin: () => skews.devin() },
  });
  const { dataDir, secretsKey } = config.store;
  const seal = createSeal(...loadSecretsKeys({ dataDir, log, ...(secretsKey !== null && { secretsKey }) }));
  const store = createStore(database.db, seal, settings);
  const urgentStore = createStore(database.urgent, seal, settings);
  const { fetch, now } = settings;
  const origin = new URL(config.devin.apiUrl).origin;
  const upstream = createUpstream({ origin, fetch, refuse: isDown });
  const devin = createDevin({
    ...config.devin,
    fetch: upstream.guarded,
    now,
    log,
    onRequest: metrics.observeDevin,
  });
  const slack = createSlack(config, { settings, metrics, store });
  const ahead = (theirMs: number | null): number | null =>
    theirMs === null ? null : theirMs - settings.now();
  const skews: Skews = { slack: () => ahead(slack.clock.nowMs()), devin: () => ahead(devin.clock.nowMs()) };
  const onMoved = (state: RequestState): void => {
    metrics.countState(state);
    settings.onState(state);
  };
  const transitions = createTransitions({ ...store, enqueue: queue.enqueue, onMoved, now });
  return {
    config,
    settings,
    metrics,
    skews,
    database,
    queue,
    store,
    urgentStore,
    devin,
    slack,
    resolver: createIdentityResolver({
      ...lookUpMembers(devin.members),
      impersonation: config.impersonation,
      findPerson: slack.people.find,
      identities: store.identities,
      now,
    }),
    limiter: createLimiter(config.limits, now),
    transitions,
    adopt: createAdopt(transitions, store.envelopes),
    withLease: createWithLease(store.leases),
    oneAtATime: createOneAtATime(store.leases),
    postOnce: createPostOnce({ db: store.db, posts: store.posts, outbound: slack.outbound }),
    searchUntilFound: createSearchUntilFound({ sleep, looksAtMs: settings.looksAtMs, log }),
    drawCard: createDrawCard({ sessions: store.sessions, text: en, now }),
  };
}

async function open(
  { store: { databaseUrl, dataDir } }: Config,
  { log, onFatal }: Settings,
): Promise<Database> {
  return openDatabase({
    dataDir,
    log,
    onFatal: (error: StoreError) => {
      log.fatal({ err: error }, error.message);
      onFatal();
    },
    ...(databaseUrl !== null && { databaseUrl }),
  });
}
