import { batchesOf } from '../bounds.ts';
import { DevinError, type DevinErrorCode } from '../devin/errors.ts';
import type { SessionQuery } from '../devin/sessions.ts';
import { goesFirst, HOT_MS, jittered, longestInterval, pollInterval } from '../session/lifecycle.ts';
import type { SessionSnapshot } from '../session/snapshot.ts';
import type { Reschedule } from '../store/polls.ts';
import type { SessionRow } from '../store/sessions.ts';
import type { StoreParts } from '../store/store.ts';

/** What a poll of some sessions found. About those in none of these, nothing is known. */
export type PollResult = {
  answered: SessionSnapshot[];
  /** Ids that Devin doesn't know. */
  gone: string[];
  /** By id: why Devin's answer can't be read. */
  unreadable: Map<string, Error>;
  /** Polling must pause: for so long, or as long as the caller likes if it's null. */
  trouble: PollTrouble | null;
};

export type PollTrouble = { code: DevinErrorCode; retryAfterMs: number | null };

/** Devin pushes nothing, so it is polled. `known`: at most a batch, as each was. */
export type Poll = (known: readonly SessionSnapshot[], signal: AbortSignal) => Promise<PollResult>;

/** Devin sets no limit for the ids of a list; this keeps the URL short enough for servers. */
const BATCH = 50;

type Options = { known: readonly SessionSnapshot[]; signal: AbortSignal };
type PollingDeps = {
  list: (query: SessionQuery, options: Options) => Promise<{ items: SessionSnapshot[] }>;
  get: (sessionId: string, options: Options) => Promise<SessionSnapshot>;
};

/** One request per batch; a session that the list leaves out is fetched by itself. */
export function createPoll({ list, get }: PollingDeps): Poll {
  async function listed(known: readonly SessionSnapshot[], signal: AbortSignal): Promise<PollResult> {
    const sessionIds = known.map(({ sessionId: id }) => id);
    try {
      // If Devin ignores the filter, it also lists others, which are not used.
      const { items: answered } = await list({ sessionIds, first: BATCH }, { known, signal });
      return { ...nothingKnown(), answered };
    } catch (error) {
      // If the list is unreadable, each session is fetched by itself.
      return { ...nothingKnown(), trouble: isUnreadable(error) ? null : troubleOf(error) };
    }
  }

  async function pollOne(known: SessionSnapshot, result: PollResult, signal: AbortSignal): Promise<void> {
    const { sessionId } = known;
    try {
      result.answered.push(await get(sessionId, { known: [known], signal }));
    } catch (error) {
      if (!(error instanceof DevinError)) throw error;
      if (error.code === 'not-found') result.gone.push(sessionId);
      else if (isUnreadable(error)) result.unreadable.set(sessionId, error);
      else if (!ABOUT_ONE.has(error.code)) result.trouble = troubleOf(error);
    }
  }

  return async (known, signal) => {
    const result = await listed(known, signal);
    const answered = new Set(result.answered.map(({ sessionId: id }) => id));
    for (const one of known) {
      if (result.trouble !== null || signal.aborted) break;
      if (!answered.has(one.sessionId)) await pollOne(one, result, signal);
    }
    return result;
  };
}

const nothingKnown = (): PollResult => ({ answered: [], gone: [], unreadable: new Map(), trouble: null });

/** Errors that say nothing about other sessions. */
const ABOUT_ONE: ReadonlySet<DevinErrorCode> = new Set(['forbidden', 'conflict']);

/** Devin answered, but not in a form that can be read. */
function isUnreadable(error: unknown): boolean {
  if (!(error instanceof DevinError)) return false;
  return error.code === 'invalid-request' || (error.code === 'no-answer' && error.status !== null);
}

/** Rethrows what isn't Devin's. */
function troubleOf(error: unknown): PollTrouble {
  if (!(error instanceof DevinError)) throw error;
  return { code: error.code, retryAfterMs: error.retryAfterMs };
}

type ScheduleDeps = {
  store: StoreParts<{ polls: 'bringForward' | 'due' | 'dueCount' }>;
  /** `goneAfterMs`: when to look again for a session that is missing. */
  times: { fastestMs: number; goneAfterMs: number };
  now: () => number;
  random: () => number;
};

const MOST_BATCHES = 20;
const CORRECT_EVERY_ROUNDS = 60;

/** Which sessions are due for a poll, and when each is due again. */
export function createSchedule({ store: { polls }, times, now, random }: ScheduleDeps) {
  let rounds = 0;

  /** If the clock was set back, polls that were planned before would come too late. */
  async function correct(): Promise<void> {
    if (rounds++ % CORRECT_EVERY_ROUNDS !== 0) return;
    for (const first of [true, false]) {
      const latest = new Date(now() + 2 * longestInterval(first, times.fastestMs));
      await polls.bringForward(first, { now: new Date(now()), latest });
    }
  }

  return {
    /**
     * For the next round. Batches are filled up with those due soon, so that the number of requests depends on the number
     * of sessions, not on when each is due.
     */
    async dueBatches(): Promise<SessionRow[][]> {
      await correct();
      const due = await polls.dueCount(new Date(now()), MOST_BATCHES * BATCH);
      if (due === 0) return [];
      const rows = await polls.due({
        until: new Date(now() + times.fastestMs / 2),
        hotSince: new Date(now() - HOT_MS),
        limit: Math.ceil(due / BATCH) * BATCH,
      });
      return batchesOf(rows, BATCH);
    },

    next(row: SessionRow, { isMissing }: { isMissing: boolean }): Reschedule {
      const { sessionId: id, phase, snapshot, nextLookAt: was } = row;
      const watched = { phase, status: snapshot.status, quietMs: quietFor(row, now()) };
      const intervalMs = pollInterval(watched, times.fastestMs);
      const first = goesFirst(watched);
      const at = (inMs: number): Date => new Date(now() + inMs);
      if (isMissing) return { id, was, first, at: at(Math.min(intervalMs ?? Infinity, times.goneAfterMs)) };
      return { id, was, first, at: intervalMs === null ? null : at(jittered(intervalMs, random())) };
    },
  };
}

/** How long ago it changed, or someone acted on it. */
function quietFor({ changedAt, touchedAt }: SessionRow, nowMs: number): number {
  return nowMs - Math.max(changedAt.getTime(), touchedAt?.getTime() ?? 0);
}
