import { isDeepStrictEqual } from 'node:util';
import type { DevinErrorCode } from '../devin/errors.ts';
import type { Log } from '../log.ts';
import type { Enqueue } from '../queue/index.ts';
import {
  elapsedStep,
  goesFirst,
  HOT_MS,
  jittered,
  longestInterval,
  pollInterval,
} from '../session/lifecycle.ts';
import type { SessionSnapshot } from '../session/snapshot.ts';
import type { Polls } from '../store/polls.ts';
import type { SessionRow } from '../store/sessions.ts';
import type { SetAside } from '../store/set-aside.ts';
import type { Recorder } from './record.ts';
import { BATCH, createFailures } from './status-source.ts';
import type { PollResult, PollTrouble, StatusSource } from './status-source.ts';

export type RoundTimes = {
  /** How often it checks which sessions are due. */
  tickMs: number;
  /** Devin may not list a session that is younger than this. */
  youngMs: number;
  /** Devin's lists may lag: a session is gone only if it's still missing so much later. */
  goneAfterMs: number;
  /** The longest pause after an error, unless Devin asks for more. */
  longestPauseMs: number;
  /** Messages may come without a change of status: how often to fetch them while a session is active. */
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
  polls: Polls;
  source: StatusSource;
  recorder: Pick<Recorder, 'recordPoll' | 'gone'>;
  setAside: Pick<SetAside, 'note' | 'clear'>;
  enqueue: Enqueue;
  /** `fastestMs`: how often active sessions are polled. */
  times: RoundTimes & { fastestMs: number };
  now: () => number;
  random: () => number;
  log: Log;
};

/** The key was revoked, or its role changed: waiting doesn't help. */
const REFUSED: ReadonlySet<DevinErrorCode> = new Set(['unauthorized', 'forbidden']);

/** Batches in flight at a time, and in a round. */
const BATCHES_AT_ONCE = 4;
const BATCHES_A_ROUND = 20;

/**
 * Polls the sessions that are due, batch by batch. Batches are filled up with those due soon, so that the number of
 * requests depends on the number of sessions, not on when each is due.
 */
export function createRound(deps: RoundDeps) {
  const { polls, source, times, now, random, log } = deps;
  const refresher = createRefresher(deps);
  const missing = createMissing(deps);
  const schedule = createSchedule(deps);
  const failures = createFailures(deps);
  let failedRounds = 0;

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

  async function pollBatch(rows: SessionRow[], signal: AbortSignal): Promise<PollResult['trouble']> {
    const result = await source.poll(
      rows.map(({ sessionId: id }) => id),
      signal,
    );
    if (!signal.aborted) await recordAll(rows, result);
    return result.trouble;
  }

  async function recordAll(rows: SessionRow[], result: PollResult): Promise<void> {
    const answers = new Map(result.answered.map((snapshot) => [snapshot.sessionId, snapshot]));
    const unchanged: SessionRow[] = [];
    const failed = new Set<SessionRow>();
    /** An error affects only its own session. */
    const alone = async (row: SessionRow, task: () => Promise<void>): Promise<void> => {
      if (!(await failures.survives(row, task))) failed.add(row);
    };
    for (const row of rows) {
      const answer = answers.get(row.sessionId);
      await alone(row, async () => {
        if (answer === undefined || isKnown(row, answer)) unchanged.push(row);
        else if (!(await deps.recorder.recordPoll(row, answer))) unchanged.push(row);
        if (answer === undefined) return;
        missing.found(row.sessionId);
        await refresher.polled(row, answer);
      });
    }
    const missed = new Set(result.gone);
    const gone = unchanged.filter((row) => missed.has(row.sessionId) && !isYoung(row) && missing.isGone(row));
    for (const row of gone) {
      await alone(row, async () => deps.recorder.gone(row.sessionId));
      refresher.forget(row.sessionId);
    }
    // After an error, those without an answer stay due.
    const isDone = (row: SessionRow): boolean => result.trouble === null || answers.has(row.sessionId);
    await polls.reschedule(
      unchanged.filter((row) => !gone.includes(row) && !failed.has(row) && isDone(row)).map(nextPoll),
    );
  }

  const isYoung = (row: SessionRow): boolean => now() - row.createdAt.getTime() < times.youngMs;

  function nextPoll(row: SessionRow) {
    const { sessionId: id, phase, snapshot, nextLookAt: was } = row;
    const watched = { phase, status: snapshot.status, quietMs: quietFor(row, now()) };
    const intervalMs = pollInterval(watched, times.fastestMs);
    const first = goesFirst(watched);
    const at = (inMs: number): Date => new Date(now() + inMs);
    if (missing.has(id))
      return { id, was, first, at: at(Math.min(intervalMs ?? Infinity, times.goneAfterMs)) };
    return { id, was, first, at: intervalMs === null ? null : at(jittered(intervalMs, random())) };
  }

  function pause(troubles: readonly PollTrouble[]): number {
    const retryAfterMs = longest(troubles);
    failedRounds += 1;
    const backOffMs = Math.min(times.longestPauseMs, times.fastestMs * 2 ** failedRounds);
    // At least as long as Devin asks for.
    const pauseMs = Math.max(retryAfterMs ?? 0, backOffMs) * (1 + random() / 10);
    const refused = troubles.find(({ code }) => REFUSED.has(code));
    if (refused === undefined) log.warn({ pauseMs }, "Devin is busy or can't be reached; polling pauses");
    else log.error({ pauseMs, code: refused.code }, 'Devin refuses to list sessions; run `npm run doctor`');
    return pauseMs;
  }

  return async (signal: AbortSignal): Promise<number> => {
    const batches = await dueBatches();
    for (let index = 0; index < batches.length && !signal.aborted; index += BATCHES_AT_ONCE) {
      const at = batches.slice(index, index + BATCHES_AT_ONCE);
      const troubles = (await Promise.all(at.map((rows) => pollBatch(rows, signal)))).filter(
        (one) => one !== null,
      );
      if (troubles.length > 0 && !signal.aborted) return pause(troubles);
    }
    if (batches.length > 0 && failedRounds > 0) {
      failedRounds = 0;
      log.info('Devin answers again; polling continues');
    }
    return times.tickMs;
  };
}

const CORRECT_EVERY_ROUNDS = 60;

/** Which sessions are due. */
function createSchedule({ polls, times, now }: Pick<RoundDeps, 'polls' | 'times' | 'now'>) {
  let rounds = 0;
  return {
    dueCount: async (limit: number): Promise<number> => polls.dueCount(new Date(now()), limit),
    due: async (limit: number): Promise<SessionRow[]> =>
      polls.due({
        until: new Date(now() + times.fastestMs / 2),
        hotSince: new Date(now() - HOT_MS),
        limit,
      }),
    /** If the clock was set back, polls that were planned before would come too late. */
    async correct(): Promise<void> {
      if (rounds++ % CORRECT_EVERY_ROUNDS !== 0) return;
      for (const first of [true, false]) {
        const latest = new Date(now() + 2 * longestInterval(first, times.fastestMs));
        await polls.bringForward(first, { now: new Date(now()), latest });
      }
    },
  };
}

/** How long ago it changed, or someone acted on it. */
function quietFor({ changedAt, touchedAt }: SessionRow, nowMs: number): number {
  return nowMs - Math.max(changedAt.getTime(), touchedAt?.getTime() ?? 0);
}

/** Any answer about a session that was gone is news. */
function isKnown({ phase, snapshot }: SessionRow, answer: SessionSnapshot): boolean {
  return phase !== 'gone' && isDeepStrictEqual(answer, snapshot);
}

function longest(troubles: readonly PollTrouble[]): number | null {
  const waits = troubles.flatMap(({ retryAfterMs }) => (retryAfterMs === null ? [] : [retryAfterMs]));
  return waits.length === 0 ? null : Math.max(...waits);
}

/** Since when sessions are missing. A new watcher starts over. */
function createMissing({ times, now }: Pick<RoundDeps, 'times' | 'now'>) {
  const since = new Map<string, number>();
  return {
    has: (id: string): boolean => since.has(id),
    found: (id: string): boolean => since.delete(id),
    /** Call it with each poll that doesn't find the session. */
    isGone({ sessionId: id, phase }: SessionRow): boolean {
      const sinceMs = since.get(id) ?? now();
      const isGone = phase === 'gone' || now() - sinceMs >= times.goneAfterMs;
      if (isGone) since.delete(id);
      else since.set(id, sinceMs);
      return isGone;
    },
  };
}

/** Devin's times are whole seconds: a second change within the same one doesn't show. */
const SECOND_MS = 1000;

/** What needs refreshing without a change of status: the time on the card, and messages. */
function createRefresher({ enqueue, times, now }: Pick<RoundDeps, 'enqueue' | 'times' | 'now'>) {
  const known = new Map<string, { step: number; messagesAtMs: number }>();

  return {
    forget: (id: string): boolean => known.delete(id),

    async polled(row: SessionRow, answer: SessionSnapshot): Promise<void> {
      const { sessionId: id, requestId } = row;
      const hot = now() - row.changedAt.getTime() < HOT_MS;
      const changed = !isDeepStrictEqual(answer, row.snapshot);
      const isOver = pollInterval({ phase: row.phase, status: answer.status, quietMs: 0 }, 0) === null;
      // A session that isn't polled again needn't be remembered.
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
