import type { Log } from './log.ts';

/** Times and rates, the same for everyone. Tests shorten them. */
export const TIMES = {
  /** Before each search for what a lost answer left. */
  searchPausesMs: [0, 1000, 2000, 4000, 8000, 15_000],
  /** How long after a process died Slack may still post what it sent. */
  inFlightMs: 10_000,
  /** How soon another process continues the work of one that died. */
  leaseMs: 15_000,
  /** How late a scheduled job may start. */
  pollSeconds: 1,
  /** How long a session that a message asked for can be canceled before it starts; 0: it starts at once. */
  undoMs: 5000,
  /** How long changes of a Home are collected before it is drawn. */
  homePauseMs: 2000,
  /** How often the policy and identity files are read; a change counts once it is read twice. */
  policyEveryMs: 1500,
  /** At most the 50 a minute of https://docs.slack.dev/reference/methods/chat.update in all. */
  editBudget: { burst: 15, perMinute: 35 },
  sweepTimes: {
    everyMs: 4000,
    /** How long an open request may rest until the sweep takes it up. */
    strandedMs: 15_000,
  },
  /** Requests and replies that had no word for so long are counted. */
  silentMs: 30_000,
  watchTimes: {
    /** WATCH_SECONDS. */
    fastestMs: 10_000,
    /** How often the others check whether it still watches. Together with `leaseMs` at most 30 s. */
    standbyMs: 5000,
    /** How often it checks which sessions are due. */
    tickMs: 500,
    /** Devin's answers may lag: a session that Devin can't find is gone only if it's older than this. */
    goneAfterMs: 60_000,
    /** Messages may come without a change of status: how often, at least, to fetch them while a session is active. */
    messagesMs: 120_000,
    /** How long a milestone waits for Devin's messages that come before it. */
    tellAfterMs: 15_000,
    /** How long an announcement waits for Devin's words, which may say the same. */
    holdMs: { finished: 3000, pr: 10_000 },
    /** How long after a session's end its messages are read for the last time. */
    lastReadMs: 30_000,
  },
  /** How long a thread that refuses messages is left alone. */
  troubleMs: 10 * 60_000,
};

export type Times = typeof TIMES;

/** What features need of these, and how they tell the time. */
export type Tuning = Times & { log: Log; now: () => number };
