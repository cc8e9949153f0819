import type { Config } from './config.ts';
import { SWEEP_TIMES, type SweepTimes } from './create/index.ts';
import {
  RELAY_TIMES,
  ROUND_TIMES,
  WATCHER_TIMES,
  type RelayTimes,
  type RoundTimes,
  type WatcherTimes,
} from './follow/index.ts';
import { HOME_PAUSE_MS } from './home/index.ts';
import type { Log } from './log.ts';
import type { OperatorError } from './operator-error.ts';
import { IN_FLIGHT_MS, LEASE_MS, POLL_SECONDS, SEARCH_PAUSES_MS } from './queue/index.ts';
import type { Holds } from './session/milestones.ts';
import { UNDO_MS, type RequestState } from './session/request.ts';
import { DATABASE_PROGRAM } from './store/embedded/database-thread.ts';
import type { Embedded } from './store/embedded/embedded.ts';
import { clockOf, createDatabaseTime, databaseClock, type Clock, type DatabaseTime } from './store/sql.ts';
import type { Rate } from './store/turns.ts';
import { FILES_EVERY_MS } from './trust/index.ts';

/** What tests can set. App admins set nothing here. */
export type Overrides = {
  log?: Log;
  fetch?: typeof fetch;
  now?: () => number;
  /** Before each search for what a lost answer left. */
  searchPausesMs?: readonly number[];
  /** How long after a process died Slack may still post what it sent. */
  inFlightMs?: number;
  /** How soon another process continues the work of one that died. */
  leaseMs?: number;
  sweepTimes?: SweepTimes;
  /** How long a session that a message asked for can be canceled before it starts; 0: it starts at once. */
  undoMs?: number;
  /** How long changes of a Home are collected before it is drawn. */
  homePauseMs?: number;
  /** How late a scheduled job may start. */
  pollSeconds?: number;
  /** `fastestMs` is a setting, too. */
  watchTimes?: Partial<WatchTimes>;
  /** How many card edits the app makes. */
  editBudget?: Rate;
  /** For the relays between Devin and threads, both ways. */
  relayTimes?: RelayTimes;
  /** How often the policy and identity files are checked for changes. */
  policyEveryMs?: number;
  /** Called with each new state of a request, after the commit. */
  onState?: ((state: RequestState) => void) | null;
  /** The program of the embedded database's thread. */
  databaseProgram?: URL;
  /** The embedded database, if it is being opened already. */
  embedded?: Promise<Embedded> | null;
  /** The database failed for good: only a new process helps. */
  onFatal?: (error: OperatorError) => void;
};

type WatchTimes = WatcherTimes &
  RoundTimes & {
    /** WATCH_SECONDS by default. */
    fastestMs: number;
    /** How long a milestone waits for Devin's messages that come before it. */
    tellAfterMs: number;
    /** How long one waits once they are here. */
    holdMs: Holds;
    /** How long after a session's end its messages are read for the last time. */
    lastReadMs: number;
    /** Between two reads of a conversation for lost cards. Slack allows about 50 a minute. */
    restorePauseMs: number;
  };
const WATCH_TIMES: Omit<WatchTimes, 'fastestMs'> = {
  ...WATCHER_TIMES,
  ...ROUND_TIMES,
  tellAfterMs: 15_000,
  holdMs: { finished: 3000, pr: 10_000 },
  lastReadMs: 30_000,
  restorePauseMs: 1500,
};

/** At most the 50 a minute of https://docs.slack.dev/reference/methods/chat.update in all. */
const EDIT_BUDGET: Rate = { burst: 15, perMinute: 35 };

/** Times, clocks and rates, for everyone the same. */
export type Tuning = Required<Overrides> & {
  watchTimes: WatchTimes;
  /** The clock that processes share. */
  clock: Clock;
  /** Sets `now` by the database's clock. */
  readTime: DatabaseTime['read'];
  /** This machine's clock, only for comparing with other systems. */
  machineNow: () => number;
};

export function createTuning(config: Config, log: Log, overrides: Overrides): Tuning {
  const time = createDatabaseTime();
  return {
    now: time.now,
    fetch,
    searchPausesMs: SEARCH_PAUSES_MS,
    inFlightMs: IN_FLIGHT_MS,
    leaseMs: LEASE_MS,
    sweepTimes: SWEEP_TIMES,
    undoMs: UNDO_MS,
    homePauseMs: HOME_PAUSE_MS,
    pollSeconds: POLL_SECONDS,
    editBudget: EDIT_BUDGET,
    relayTimes: RELAY_TIMES,
    onState: null,
    onFatal: () => undefined,
    databaseProgram: DATABASE_PROGRAM,
    embedded: null,
    policyEveryMs: FILES_EVERY_MS,
    ...overrides,
    readTime: time.read,
    machineNow: overrides.now ?? Date.now,
    clock: overrides.now === undefined ? databaseClock : clockOf(overrides.now),
    log,
    watchTimes: { ...WATCH_TIMES, fastestMs: config.watchSeconds * 1000, ...overrides.watchTimes },
  };
}
