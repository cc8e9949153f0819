import type { Config } from './config.ts';
import { createDevin } from './devin/devin.ts';
import { createReadiness } from './health.ts';
import { createResolveIdentity, lookUpMembers } from './identity/resolve.ts';
import { createLog, type Log } from './log.ts';
import { createMetrics } from './metrics.ts';
import { createQueue, createSearchUntilFound, createWithLease } from './queue/index.ts';
import { createWithNames } from './session/defaults.ts';
import { limitsFrom } from './session/policy/limits.ts';
import type { RequestState } from './session/request.ts';
import { createSlack } from './slack/edge/slack.ts';
import { openDatabase } from './store/database.ts';
import type { Embedded } from './store/embedded/embedded.ts';
import { createSeal, loadSecretsKeys } from './store/envelope.ts';
import { createLimiter } from './store/limiter.ts';
import { createSettings } from './store/settings.ts';
import { shownKey } from './store/shown.ts';
import { clockOf, createDatabaseTime, databaseClock } from './store/sql.ts';
import { createStore, type Store } from './store/store.ts';
import { countSetAside } from './store/thread-messages.ts';
import { createLanguages } from './text/languages.ts';
import type { OperatorError } from './text/operator-error.ts';
import { TIMES, type Times } from './times.ts';
import { createTrust, IDENTITY_FILE, openFile, POLICY_FILE, withPolicy } from './trust/index.ts';
import { createUpstream, refuseConnection } from './upstream.ts';

/** What tests set, and the process that the app runs in. App admins set nothing here. */
export type Overrides = Partial<Omit<Times, 'watchTimes'>> & {
  watchTimes?: Partial<Times['watchTimes']>;
  log?: Log;
  fetch?: typeof globalThis.fetch;
  now?: () => number;
  /** Called with each new state of a request, after the commit. */
  onState?: (state: RequestState) => void;
  /** The program of the embedded database's thread. */
  databaseProgram?: URL;
  /** The embedded database, if it is being opened already. */
  embedded?: Promise<Embedded> | null;
  /** The database failed for good: only a new process helps. */
  onFatal?: (error: OperatorError) => void;
};

const A_DAY_MS = 24 * 3_600_000;

/**
 * Restoring a backup takes longer than this, and a restart doesn't (docs/operations.md). A message that became due within this
 * time before the start can't be missing from the database, so it isn't searched for in Slack, which allows few searches.
 */
const RESTORING_MS = 2 * 60_000;

export type Services = Awaited<ReturnType<typeof openServices>>;

/** What the features need: settings, files, database, queue, Slack, Devin, identity and policy. Opens the database. */
export async function openServices(config: Config, overrides: Overrides) {
  const { impersonation, requestTag: tagRequests, mentions } = config;
  const { command } = config.slack;
  const { log = createLog(config.logLevel), fetch = globalThis.fetch } = overrides;
  const databaseTime = createDatabaseTime();
  const { now = databaseTime.now } = overrides;
  const fastestMs = config.watchSeconds * 1000;
  const tuning = {
    ...TIMES,
    ...overrides,
    watchTimes: { ...TIMES.watchTimes, fastestMs, ...overrides.watchTimes },
    readTime: databaseTime.read,
    now,
    log,
  };
  const languages = createLanguages(config.language);
  const { shared: text, logged } = languages;
  const file = { everyMs: tuning.policyEveryMs, text: logged, log };
  const policy = await openFile(config.policyFile, POLICY_FILE, file);
  const mapping = await openFile(config.identityFile, IDENTITY_FILE, file);

  let knownSince = new Date(now());
  const database = await openDatabase({
    ...config.store,
    program: overrides.databaseProgram,
    embedded: overrides.embedded,
    onFatal: overrides.onFatal,
    // A server that failed over may have lost its last second.
    onLost: () => void (knownSince = new Date(now())),
    log,
  });
  const { db } = database;
  const queue = createQueue({ ...tuning, database });
  const seal = createSeal(...loadSecretsKeys({ ...config.store, log }));
  const clock = overrides.now === undefined ? databaseClock : clockOf(overrides.now);
  const stored = { clock, editBudget: tuning.editBudget };
  const plainStore = createStore(db, seal, stored);
  const { ledger, knownPeople, identities, leases } = plainStore;

  const metrics = createMetrics({
    depth: queue.depth,
    countSetAside: async () => countSetAside(db),
    policy,
    mapping,
    areUp: { slack: () => slack.isUp(), devin: () => upstream.isUp() },
    readiness: async () => readiness(),
  });
  const upstream = createUpstream({
    origin: new URL(config.devin.apiUrl).origin,
    fetch,
    refuse: refuseConnection,
  });
  const devin = createDevin({
    ...config.devin,
    fetch: upstream.guarded,
    fetchNow: upstream.observed,
    hasFailed: upstream.hasFailed,
    hasProxy: config.proxy !== null,
    onRequest: metrics.observeDevin,
    now,
    log,
  });
  const slack = createSlack({
    ...config.slack,
    proxy: config.proxy,
    knownPeople,
    preferencesFor: createSettings(database.interactive).preferencesFor,
    languages,
    onRefused: metrics.countRefused,
    onTokenRefused: metrics.countTokenRefused,
    fetch,
    now,
    log,
  });
  const readiness = createReadiness({ database, queue, slack });

  const trust = createTrust({ policy, ledger, db, slack });
  const governed = (one: Store): Store => ({
    ...one,
    settings: withPolicy(one.settings, { policy, gate: trust.gate, log }),
  });
  const members = lookUpMembers(devin.members);
  const resolve = createResolveIdentity({
    ...members,
    impersonation,
    findPerson: slack.people.find,
    findOwner: slack.people.findByEmail,
    mapping: mapping.current,
    identities,
    onSwitched: async ({ teamId, userId, devinUserId }) =>
      queue.enqueue('show', { key: shownKey('linked', teamId, userId, '', '', devinUserId) }),
    now,
  });
  return {
    ...trust,
    config,
    command,
    tagRequests,
    mentions,
    tuning,
    now,
    log,
    text,
    /** For log lines, warnings and what ends the start. */
    logged,
    policy,
    mapping,
    database,
    /** Once the database answers. */
    async begin(): Promise<void> {
      await databaseTime.read(db);
      knownSince = new Date(now() - RESTORING_MS);
    },
    knownSince: () => knownSince,
    queue,
    enqueue: queue.enqueue,
    enqueueAll: queue.enqueueAll,
    store: governed(plainStore),
    /** For what a person waits for. */
    interactiveStore: governed(createStore(database.interactive, seal, stored)),
    metrics,
    /** Called with each new state of a request, after the commit. */
    onMoved: overrides.onState ?? metrics.countState,
    onSilent: metrics.countSilent,
    devin,
    search: devin.catalog.search,
    withNames: createWithNames(devin.catalog.nameOf),
    slack,
    presence: slack.presence,
    textFor: slack.textFor,
    readiness,
    limiter: createLimiter(limitsFrom(policy.current, config.limits)),
    findMember: members.findMember,
    resolve,
    lookUp: resolve,
    // Alone, nobody takes over: the next start releases all.
    withLease: createWithLease(leases, database.kind === 'embedded' ? A_DAY_MS : tuning.leaseMs),
    searchUntilFound: createSearchUntilFound(log, tuning.searchPausesMs),
  };
}
