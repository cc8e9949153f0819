import type { Config } from './config.ts';
import { createDevin, type Devin } from './devin/devin.ts';
import { createReadiness } from './health.ts';
import { createResolveIdentity, lookUpMembers } from './identity/resolve.ts';
import type { Log } from './log.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { isProxied } from './network.ts';
import { createPostOnce, createQueue, createSearchUntilFound, createWithLease } from './queue/index.ts';
import { createWithNames } from './session/defaults.ts';
import { limitsFrom } from './session/policy/limits.ts';
import { createSlack } from './slack/edge/slack.ts';
import { createWrites } from './store/commit.ts';
import { openDatabase } from './store/database.ts';
import { createSeal, loadSecretsKeys } from './store/envelope.ts';
import { createLimiter } from './store/limiter.ts';
import { countSetAside } from './store/set-aside.ts';
import { createSettings } from './store/settings.ts';
import { shownKey } from './store/shown.ts';
import { createStore, type Store } from './store/store.ts';
import { createLanguages } from './text/languages.ts';
import { skewsOf } from './time.ts';
import { createTrust, IDENTITY_FILE, openFile, POLICY_FILE, withPolicy } from './trust/index.ts';
import { createTuning, type Overrides, type Tuning } from './tuning.ts';
import { createUpstream, refuseConnection, type Upstream } from './upstream.ts';

const A_DAY_MS = 24 * 3_600_000;

/**
 * Restoring a backup takes longer than this, and a restart doesn't (docs/operations.md). A message that became due within this
 * time before the start can't be missing from the database, so it isn't searched for in Slack, which allows few searches.
 */
const RESTORING_MS = 2 * 60_000;

/** What the features need: files, database, queue, Slack, Devin, identity and policy. Opens the embedded database. */
export async function openServices(config: Config, overrides: Overrides, log: Log) {
  const tuning = createTuning(config, log, overrides);
  const { now, machineNow } = tuning;
  const languages = createLanguages(config.language);
  const { shared: text, logged } = languages;
  const file = { everyMs: tuning.policyEveryMs, text: logged, log };
  const policy = await openFile(config.policyFile, POLICY_FILE, file);
  const mapping = await openFile(config.identityFile, IDENTITY_FILE, file);
  const { databaseProgram: program, embedded, onFatal } = tuning;
  let knownSince = new Date(now());
  let surelyKnownSince = knownSince;
  // A server that failed over may have lost its last second.
  const onLost = (): void => void (surelyKnownSince = new Date(now()));
  const database = await openDatabase({ program, embedded, onFatal, onLost, ...config.store, log });
  const queue = createQueue({ database, log, leaseMs: tuning.leaseMs, pollSeconds: tuning.pollSeconds });
  const seal = createSeal(...loadSecretsKeys({ ...config.store, log }));
  const plainStore = createStore(database.db, seal, tuning);
  const { db, ledger, knownPeople, identities, leases, shown, turns } = plainStore;

  const clocks = { slack: () => slack.clock.nowMs(), devin: () => devin.clock.nowMs() };
  const skews = skewsOf(clocks, machineNow);
  const metrics = createMetrics({
    depth: queue.depth,
    countSetAside: async () => countSetAside(db),
    policyOk: policy.isOk,
    identityOk: mapping.isOk,
    skews,
    areUp: { slack: () => slack.isUp(), devin: () => devin.isUp() },
    readiness: async () => readiness(),
  });
  const devin = createGuardedDevin(config, tuning, metrics);
  const slack = createSlack({
    ...config.slack,
    proxy: config.proxy,
    knownPeople,
    languageOf: createSettings(database.interactive).languageOf,
    languages,
    onRefused: metrics.countRefused,
    onTokenRefused: metrics.countTokenRefused,
    fetch: tuning.fetch,
    now,
    log,
  });
  const writes = createWrites(now);
  const readiness = createReadiness({ database, writes, queue, slack });

  const { gate, budget, mayApprove, mayEnd } = createTrust({
    policy,
    ledger,
    db: database.db,
    slack,
  });
  const governed = (one: Store): Store => ({
    ...one,
    settings: withPolicy(one.settings, { policy, gate, log }),
  });
  const members = lookUpMembers(devin.members);
  const resolveBy = ({ findByEmail, findMember }: typeof members) =>
    createResolveIdentity({
      findByEmail,
      findMember,
      impersonation: config.impersonation,
      findPerson: slack.people.find,
      findOwner: slack.people.findOwner,
      mapping: mapping.current,
      identities,
      onShared: async ({ teamId, userId, devinUserId }) =>
        queue.enqueue('show', { key: shownKey('shared', teamId, userId, devinUserId) }),
      now,
    });
  return {
    tuning,
    /** Once the database answers. */
    async begin(): Promise<void> {
      await tuning.readTime(database.db);
      knownSince = new Date(now() - RESTORING_MS);
      surelyKnownSince = knownSince;
    },
    knownSince: () => knownSince,
    surelyKnownSince: () => surelyKnownSince,
    text,
    /** For log lines, warnings and what ends the start. */
    logged,
    policy,
    mapping,
    database,
    queue,
    store: governed(plainStore),
    /** For what a person waits for. */
    interactiveStore: governed(createStore(database.interactive, seal, tuning)),
    metrics,
    /** Called with each new state of a request, after the commit. */
    onMoved: tuning.onState ?? metrics.countState,
    devin,
    withNames: createWithNames(devin.catalog.nameOf),
    slack,
    writes,
    readiness,
    skews,
    gate,
    budget,
    mayApprove,
    mayEnd,
    limiter: createLimiter(limitsFrom(policy.current, config.limits)),
    findMember: members.findMember,
    resolve: resolveBy(members),
    /** For what a person waits for: asks Devin even if it seems to be down. */
    resolveNow: resolveBy(lookUpMembers(devin.membersNow)),
    // Alone, nobody takes over: the next start releases all.
    withLease: createWithLease(leases, database.kind === 'embedded' ? A_DAY_MS : tuning.leaseMs),
    postOnce: createPostOnce({
      db,
      shown,
      turns,
      outbound: slack.outbound,
      knownSince: () => knownSince,
      inFlightMs: tuning.inFlightMs,
    }),
    searchUntilFound: createSearchUntilFound({ searchPausesMs: tuning.searchPausesMs, log }),
  };
}

function createGuardedDevin(
  { devin, proxy }: Config,
  { fetch, now, log }: Tuning,
  metrics: Metrics,
): Devin & Pick<Upstream, 'isUp'> {
  const origin = new URL(devin.apiUrl).origin;
  const upstream = createUpstream({ origin, fetch, refuse: refuseConnection });
  const viaProxy = (url: URL): boolean => proxy !== null && isProxied(proxy, url);
  const { guarded, observed, isUp, hasFailed } = upstream;
  const reporting = { log, onRequest: metrics.observeDevin };
  const calls = { fetch: guarded, fetchNow: observed, isProxied: viaProxy, now, hasFailed, ...reporting };
  return { ...createDevin({ ...devin, ...calls }), isUp };
}
