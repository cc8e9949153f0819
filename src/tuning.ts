import type { Config } from './config.ts';
import { SWEEP_TIMES } from './create/index.ts';
import type { SweepTimes } from './create/index.ts';
import { RELAY_TIMES, ROUND_TIMES, WATCHER_TIMES } from './follow/index.ts';
import type { RelayTimes, RoundTimes, WatcherTimes } from './follow/index.ts';
import type { Log } from './log.ts';
import { LEASE_MS, RECHECK_DELAYS_MS, POLL_SECONDS } from './queue/index.ts';
import type { RequestState } from './session/request.ts';
import type { EditBudget } from './store/card-turns.ts';
import { clockOf, createDatabaseTime, databaseClock } from './store/database.ts';
import type { Clock, DatabaseTime } from './store/database.ts';
import { DATABASE_PROGRAM } from './store/embedded/database-thread.ts';
import type { StoreError } from './store/store-error.ts';
import { FILES_EVERY_MS } from './trust/index.ts';

/** What a test may set differently; nothing that an app admin would set. */
export type Overrides = {
  log?: Log;
  fetch?: typeof fetch;
  now?: () => number;
  /** When to look for what a lost answer left, counted from the loss. */
  recheckDelaysMs?: readonly number[];
  /** How soon the work of a process that died is taken up. */
  leaseMs?: number;
  sweepTimes?: SweepTimes;
  /** How late a job that waits for its time may start. */
  pollSeconds?: number;
  /** The watcher's; how often it looks at most is a setting. */
  watchTimes?: Partial<WatchTimes>;
  /** How many edits of cards Slack takes. */
  editBudget?: EditBudget;
  /** Of the relay between Devin and threads, both ways. */
  relayTimes?: RelayTimes;
  /** How often the policy file is looked at. */
  policyEveryMs?: number;
  /** Told of each state a request has reached, after the commit. */
  onState?: (state: RequestState) => void;
  /** What runs in the embedded database's thread. */
  databaseProgram?: URL;
  /** The process is of no more use; a fresh one is the cure. */
  onFatal?: (error: StoreError) => void;
};

type WatchTimes = WatcherTimes &
  RoundTimes & {
    /** WATCH_SECONDS, unless given. */
    fastestMs: number;
    /** How long what is worth a message waits for the messages before it. */
    tellAfterMs: number;
    /** How long after the end of a session its messages are read for the last time. */
    lastLookMs: number;
    /** Between two looks for lost cards. Slack takes about 50 a minute. */
    restorePauseMs: number;
  };
const WATCH_TIMES: Omit<WatchTimes, 'fastestMs'> = {
  ...WATCHER_TIMES,
  ...ROUND_TIMES,
  tellAfterMs: 15_000,
  lastLookMs: 30_000,
  restorePauseMs: 1500,
};

/** Together at most the 50 a minute of https://docs.slack.dev/reference/methods/chat.update */
const EDIT_BUDGET: EditBudget = { burst: 15, perMinute: 35 };

/** Everything that is the same for each person and each workspace. */
export type Tuning = Required<Overrides> & {
  watchTimes: WatchTimes;
  /** What several processes share is told by this one. */
  clock: Clock;
  /** Has `now` follow it. */
  readTime: DatabaseTime['read'];
  /** What this machine's clock says, which other systems are compared with. */
  machineNow: () => number;
};

export function createTuning(config: Config, log: Log, overrides: Overrides): Tuning {
  const time = createDatabaseTime();
  return {
    now: time.now,
    fetch,
    recheckDelaysMs: RECHECK_DELAYS_MS,
    leaseMs: LEASE_MS,
    sweepTimes: SWEEP_TIMES,
    pollSeconds: POLL_SECONDS,
    editBudget: EDIT_BUDGET,
    relayTimes: RELAY_TIMES,
    policyEveryMs: FILES_EVERY_MS,
    onState: () => undefined,
    onFatal: () => undefined,
    databaseProgram: DATABASE_PROGRAM,
    ...overrides,
    readTime: time.read,
    machineNow: overrides.now ?? Date.now,
    clock: overrides.now === undefined ? databaseClock : clockOf(overrides.now),
    log,
    watchTimes: { ...WATCH_TIMES, fastestMs: config.watchSeconds * 1000, ...overrides.watchTimes },
  };
}
