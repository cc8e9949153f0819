import { isDeepStrictEqual } from 'node:util';
import type { Log } from '../log.ts';
import type { Enqueue } from '../queue/index.ts';
import {
  elapsedStep,
  goesFirst,
  HOT_MS,
  jittered,
  longestInterval,
  lookInterval,
} from '../session/lifecycle.ts';
import type { SessionSnapshot } from '../session/snapshot.ts';
import type { SessionRow, Sessions } from '../store/sessions.ts';
import type { SetAside } from '../store/set-aside.ts';
import type { Recorder } from './record.ts';
import { BATCH, createFailures } from './status-source.ts';
import type { Seen, StatusSource } from './status-source.ts';

export type RoundTimes = {
  /** How often it sees whose turn it is. */
  tickMs: number;
  /** A session so young that Devin does not know may be one it does not show yet. */
  youngMs: number;
  /** A list or a replica may lag behind: only what is still not there so much later is gone. */
  goneAfterMs: number;
  /** The longest pause after trouble that Devin says nothing about. */
  longestPauseMs: number;
  /** Messages may come without any change that a look shows: then they are fetched so often, while something moves. */
  messagesMs: number;
};
export const ROUND_TIMES: RoundTimes = {
  tickMs: 500,
  youngMs: 60_000,
  goneAfterMs: 60_000,
  longestPauseMs: 300_000,
  messagesMs: 120_000,
};

type RoundDeps = {
  sessions: Pick<Sessions, 'due' | 'dueCount' | 'reschedule' | 'bringForward'>;
  source: StatusSource;
  recorder: Pick<Recorder, 'look' | 'gone'>;
  setAside: Pick<SetAside, 'note' | 'clear'>;
  enqueue: Enqueue;
  /** `fastestMs`: so often what moves is looked at. */
  times: RoundTimes & { fastestMs: number };
  now: () => number;
  random: () => number;
  log: Log;
};

/** Batches on their way to Devin at a time, and at most this many in a round. */
const BATCHES_AT_ONCE = 4;
const BATCHES_A_ROUND = 20;

/**
 * Looks at the sessions whose turn it is, batch by batch. Batches are filled up with those whose turn comes soon,
 * so that the number of requests follows the number of sessions, not the moments at which they are due.
 */
export function createRound(deps: RoundDeps) {
  const { sessions, source, times, now, random, log } = deps;
  const refresher = createRefresher(deps);
  const missing = createMissing(deps);
  const schedule = createSchedule(deps);
  const failures = createFailures(deps);
  let troubles = 0;

  async function dueBatches(): Promise<SessionRow[][]> {
    await schedule.correct();
    const due = await schedule.dueCount(BATCHES_A_ROUND * BATCH);
    if (due === 0) return [];
    const batches = Math.min(BATCHES_A_ROUND, Math.ceil(due / BATCH));
    const rows = await schedule.due(batches * BATCH);
    return Array.from({ length: Math.ceil(rows.length / BATCH) }, (_, index) =>
      rows.slice(index * BATCH, (index + 1) * BATCH),
    );
  }

  async function lookAt(rows: SessionRow[], signal: AbortSignal): Promise<Seen['trouble']> {
    const seen = await source.look(
      rows.map(({ sessionId: id }) => id),
      signal,
    );
    if (!signal.aborted) await takeIn(rows, seen);
    return seen.trouble;
  }

  async function takeIn(rows: SessionRow[], seen: Seen): Promise<void> {
    const answers = new Map(seen.answered.map((snapshot) => [snapshot.sessionId, snapshot]));
    const same: SessionRow[] = [];
    const failed = new Set<SessionRow>();
    /** What fails for one session harms only that one. */
    const alone = async (row: SessionRow, task: () => Promise<void>): Promise<void> => {
      if (!(await failures.survives(row, task))) failed.add(row);
    };
    for (const row of rows) {
      const answer = answers.get(row.sessionId);
      await alone(row, async () => {
        if (answer === undefined || isKnown(row, answer)) same.push(row);
        else if (!(await deps.recorder.look(row, answer))) same.push(row);
        if (answer === undefined) return;
        missing.found(row.sessionId);
        await refresher.looked(row, answer);
      });
    }
    const gone = new Set(seen.gone);
    const over = same.filter((row) => gone.has(row.sessionId) && !isYoung(row) && missing.isGone(row));
    for (const row of over) {
      await alone(row, async () => deps.recorder.gone(row.sessionId));
      refresher.forget(row.sessionId);
    }
    // After trouble those without an answer stay due.
    const learnt = (row: SessionRow): boolean => seen.trouble === null || answers.has(row.sessionId);
    await sessions.reschedule(
      same.filter((row) => !over.includes(row) && !failed.has(row) && learnt(row)).map(nextLook),
    );
  }

  const isYoung = (row: SessionRow): boolean => now() - row.createdAt.getTime() < times.youngMs;

  function nextLook(row: SessionRow) {
    const { sessionId: id, phase, snapshot, nextLookAt: was } = row;
    const watched = { phase, status: snapshot.status, quietMs: quietFor(row, now()) };
    const intervalMs = lookInterval(watched, times.fastestMs);
    const first = goesFirst(watched);
    const at = (inMs: number): Date => new Date(now() + inMs);
    if (missing.has(id))
      return { id, was, first, at: at(Math.min(intervalMs ?? Infinity, times.goneAfterMs)) };
    return { id, was, first, at: intervalMs === null ? null : at(jittered(intervalMs, random())) };
  }

  function pause(retryAfterMs: number | null): number {
    troubles += 1;
    const backOffMs = Math.min(times.longestPauseMs, times.fastestMs * 2 ** troubles);
    // At least as long as Devin says.
    const pauseMs = Math.max(retryAfterMs ?? 0, backOffMs) * (1 + random() / 10);
    log.warn({ pauseMs }, 'Devin is busy or cannot be reached; looking at sessions pauses');
    return pauseMs;
  }

  return async (signal: AbortSignal): Promise<number> => {
    const batches = await dueBatches();
    for (let index = 0; index < batches.length && !signal.aborted; index += BATCHES_AT_ONCE) {
      const at = batches.slice(index, index + BATCHES_AT_ONCE);
      const met = (await Promise.all(at.map((rows) => lookAt(rows, signal)))).filter((one) => one !== null);
      if (met.length > 0 && !signal.aborted) return pause(longest(met));
    }
    if (batches.length > 0) troubles = 0;
    return times.tickMs;
  };
}

/** In rounds. */
const CORRECT_EVERY = 60;

/** Whose turn it is. */
function createSchedule({ sessions, times, now }: Pick<RoundDeps, 'sessions' | 'times' | 'now'>) {
  let rounds = 0;
  return {
    dueCount: async (limit: number): Promise<number> => sessions.dueCount(new Date(now()), limit),
    due: async (limit: number): Promise<SessionRow[]> =>
      sessions.due({
        until: new Date(now() + times.fastestMs / 2),
        hotSince: new Date(now() - HOT_MS),
        limit,
      }),
    /** A clock that was set back must not put off what was planned before. */
    async correct(): Promise<void> {
      if (rounds++ % CORRECT_EVERY !== 0) return;
      for (const first of [true, false]) {
        const latest = new Date(now() + 2 * longestInterval(first, times.fastestMs));
        await sessions.bringForward(first, { now: new Date(now()), latest });
      }
    },
  };
}

/** Since something about it changed, or someone did something with it. */
function quietFor({ changedAt, touchedAt }: SessionRow, nowMs: number): number {
  return nowMs - Math.max(changedAt.getTime(), touchedAt?.getTime() ?? 0);
}

/** Any answer about one that was gone is news. */
function isKnown({ phase, snapshot }: SessionRow, answer: SessionSnapshot): boolean {
  return phase !== 'gone' && isDeepStrictEqual(answer, snapshot);
}

function longest(troubles: { retryAfterMs: number | null }[]): number | null {
  const waits = troubles.flatMap(({ retryAfterMs }) => (retryAfterMs === null ? [] : [retryAfterMs]));
  return waits.length === 0 ? null : Math.max(...waits);
}

/** Since when sessions are missing. The next watcher starts over. */
function createMissing({ times, now }: Pick<RoundDeps, 'times' | 'now'>) {
  const since = new Map<string, number>();
  return {
    has: (id: string): boolean => since.has(id),
    found: (id: string): boolean => since.delete(id),
    /** Called with each look that does not find it. */
    isGone({ sessionId: id, phase }: SessionRow): boolean {
      const sinceMs = since.get(id) ?? now();
      const isGone = phase === 'gone' || now() - sinceMs >= times.goneAfterMs;
      if (isGone) since.delete(id);
      else since.set(id, sinceMs);
      return isGone;
    },
  };
}

/** Devin's times are whole seconds: what comes in the second of a change shows no other one. */
const SECOND_MS = 1000;

/** What needs attention although no look shows a change: the time on the card, and messages. */
function createRefresher({ enqueue, times, now }: Pick<RoundDeps, 'enqueue' | 'times' | 'now'>) {
  const known = new Map<string, { step: number; messagesAtMs: number }>();

  return {
    forget: (id: string): boolean => known.delete(id),

    async looked(row: SessionRow, answer: SessionSnapshot): Promise<void> {
      const { sessionId: id, requestId } = row;
      const hot = now() - row.changedAt.getTime() < HOT_MS;
      const changed = !isDeepStrictEqual(answer, row.snapshot);
      const isOver = lookInterval({ phase: row.phase, status: answer.status, quietMs: 0 }, 0) === null;
      // What is not looked at again need not be remembered.
      if (isOver || (row.phase !== 'working' && !hot && !changed)) {
        known.delete(id);
        return;
      }
      const step = elapsedStep(now() - answer.createdAt * 1000);
      const before = known.get(id) ?? { step, messagesAtMs: now() + times.messagesMs };
      const messagesAtMs = changed ? now() + SECOND_MS : before.messagesAtMs;
      known.set(id, { step, messagesAtMs });
      if (row.phase === 'working' && before.step !== step)
        await enqueue('update-card', { requestId }, { key: requestId });
      if (changed || !hot || messagesAtMs > now()) return;
      known.set(id, { step, messagesAtMs: now() + times.messagesMs });
      await enqueue('relay-from-devin', { sessionId: id }, { key: id });
    },
  };
}
