import { isDeepStrictEqual } from 'node:util';
import { batchesOf } from '../bounds.ts';
import type { DevinErrorCode } from '../devin/errors.ts';
import { elapsedStep, HOT_MS, pollInterval, sessionPhase } from '../session/lifecycle.ts';
import type { SessionSnapshot } from '../session/snapshot.ts';
import type { SessionRow } from '../store/sessions.ts';
import { cardKey } from '../store/shown.ts';
import { askedWait } from '../upstream.ts';
import type { FollowContext } from './context.ts';
import { createSchedule, type Poll, type PollResult, type PollTrouble } from './poll.ts';
import { recordGone, recordPoll } from './record.ts';

/** The key was revoked, or its role changed: waiting doesn't help. */
const REFUSED: ReadonlySet<DevinErrorCode> = new Set(['unauthorized', 'forbidden']);

/** After an error, unless Devin asks for more. Devin's words come this long after an outage at most. */
const LONGEST_PAUSE_MS = 60_000;
/** An app admin has to act, and each attempt is logged. */
const LONGEST_REFUSED_MS = 300_000;

/** Batches in flight at a time. */
const BATCHES_AT_ONCE = 4;

/** Polls the sessions that are due, batch by batch. */
export function createRound(c: FollowContext, poll: Poll) {
  const { polls } = c.store;
  const {
    log,
    tuning: { watchTimes: times },
  } = c;
  const refresher = createRefresher(c);
  const missing = createMissing(c);
  const schedule = createSchedule(c);
  const failures = createFailures(c);
  let failedRounds = 0;

  async function pollBatch(rows: SessionRow[], signal: AbortSignal): Promise<PollResult['trouble']> {
    const known = rows.map(({ snapshot }) => snapshot);
    const result = await poll(known, signal);
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
      const failure = result.failed.get(row.sessionId);
      await alone(row, async () => {
        if (failure !== undefined) throw failure;
        if (answer === undefined || isKnown(row, answer)) unchanged.push(row);
        else if (!(await recordPoll(c, row, answer))) unchanged.push(row);
        if (answer === undefined) return;
        missing.found(row.sessionId);
        await refresher.polled(row, answer);
      });
    }
    const missed = new Set(result.gone);
    const gone = unchanged.filter((row) => missed.has(row.sessionId) && missing.isGone(row));
    for (const row of gone) {
      await alone(row, async () => recordGone(c, row.sessionId));
      refresher.forget(row.sessionId);
    }
    // After an error, those without an answer stay due.
    const isDone = (row: SessionRow): boolean => result.trouble === null || answers.has(row.sessionId);
    const settled = unchanged.filter((row) => !gone.includes(row) && !failed.has(row) && isDone(row));
    await polls.reschedule(
      settled.map((row) => schedule.next(row, { isMissing: missing.has(row.sessionId) })),
    );
  }

  function pause(troubles: readonly PollTrouble[]): number {
    failedRounds += 1;
    const refused = troubles.find(({ code }) => REFUSED.has(code));
    const longestMs = refused === undefined ? LONGEST_PAUSE_MS : LONGEST_REFUSED_MS;
    const backOffMs = Math.min(longestMs, times.fastestMs * 2 ** failedRounds);
    // At least as long as Devin asks for, within an hour.
    const pauseMs =
      Math.max(backOffMs, ...troubles.map((one) => askedWait(one.retryAfterMs ?? 0))) *
      (1 + Math.random() / 10);
    if (refused !== undefined)
      log.error({ pauseMs, code: refused.code }, 'Devin refuses to list sessions; run `npm run doctor`');
    else if (failedRounds === 1) log.warn({ pauseMs }, "Devin is busy or can't be reached; polling pauses");
    return pauseMs;
  }

  return async (signal: AbortSignal): Promise<number> => {
    const batches = await schedule.dueBatches();
    for (const some of batchesOf(batches, BATCHES_AT_ONCE)) {
      if (signal.aborted) break;
      const results = await Promise.all(some.map(async (rows) => pollBatch(rows, signal)));
      const troubles = results.filter((one) => one !== null);
      if (troubles.length > 0 && !signal.aborted) return pause(troubles);
    }
    if (batches.length > 0 && failedRounds > 0) {
      failedRounds = 0;
      log.info('Devin answers again; polling continues');
    }
    return times.tickMs;
  };
}

/** Any answer about a session that was gone is news, and so is the first about one that was found after it had begun. */
function isKnown({ phase, wasFinished, snapshot }: SessionRow, answer: SessionSnapshot): boolean {
  const now = sessionPhase(answer, wasFinished);
  const isRecorded = phase === now || (phase === 'starting' && now === 'queued');
  return isRecorded && isDeepStrictEqual(answer, snapshot);
}

const LONGEST_WAIT_MS = 60 * 60_000;

/** Sessions that can't be recorded: each is put off for longer and longer, and counted. */
function createFailures({
  store: { polls, setAside },
  now,
  log,
  tuning: { watchTimes: times },
}: FollowContext) {
  const failing = new Set<string>();
  return {
    /** False: the task failed, which affects this session alone. */
    async survives(row: SessionRow, task: () => Promise<void>): Promise<boolean> {
      const { sessionId: id, nextLookAt: was } = row;
      try {
        await task();
        if (failing.delete(id)) await setAside.clear('session', id);
        return true;
      } catch (error) {
        const count = await setAside.note('session', id, { error });
        failing.add(id);
        log.warn({ err: error, sessionId: id, count }, "a session's status could not be recorded");
        const at = new Date(now() + Math.min(LONGEST_WAIT_MS, times.fastestMs * 2 ** count));
        await polls.reschedule([{ id, was, at, first: false }]);
        return false;
      }
    },
  };
}

/** Since when sessions are missing. A new watcher starts over. */
function createMissing({ tuning: { watchTimes: times }, now }: FollowContext) {
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

/** How soon after a change, if nothing else changes, messages are fetched again: then twice as long after it, and so on. */
const MESSAGES_SOON_MS = 20_000;

/** What needs refreshing without a change of status: the time on the card, and messages. */
function createRefresher({ enqueue, tuning: { watchTimes: times }, now }: FollowContext) {
  const known = new Map<string, { step: number; messagesAtMs: number }>();
  const nextMessagesMs = ({ changedAt }: SessionRow): number =>
    now() + Math.min(times.messagesMs, Math.max(MESSAGES_SOON_MS, now() - changedAt.getTime()));

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
      const before = known.get(id) ?? { step, messagesAtMs: nextMessagesMs(row) };
      const messagesAtMs = changed ? now() + SECOND_MS : before.messagesAtMs;
      known.set(id, { step, messagesAtMs });
      if (row.phase === 'working' && before.step !== step) await enqueue('show', { key: cardKey(requestId) });
      if (changed || !hot || messagesAtMs > now()) return;
      known.set(id, { step, messagesAtMs: nextMessagesMs(row) });
      await enqueue('relay-from-devin', { sessionId: id });
    },
  };
}
