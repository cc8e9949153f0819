import { isDeepStrictEqual } from 'node:util';
import { batchesOf } from '../bounds.ts';
import type { DevinError, DevinErrorCode } from '../devin/errors.ts';
import {
  elapsedStep,
  goesFirst,
  HOT_MS,
  jittered,
  longestInterval,
  pollInterval,
  sessionPhase,
} from '../session/lifecycle.ts';
import type { SessionSnapshot } from '../session/snapshot.ts';
import type { Reschedule } from '../store/polls.ts';
import type { SessionRow } from '../store/sessions.ts';
import { cardKey } from '../store/shown.ts';
import { askedWait } from '../upstream.ts';
import type { FollowContext } from './context.ts';
import { BATCH, poll, type PollResult } from './poll.ts';
import { recordGone, recordPoll } from './record.ts';

/** The key was revoked, or its role changed: waiting doesn't help. */
const REFUSED: ReadonlySet<DevinErrorCode> = new Set(['unauthorized', 'forbidden']);

/** After an error, unless Devin asks for more. Devin's words come this long after an outage at most. */
const LONGEST_PAUSE_MS = 60_000;
/** An app admin has to act, and each attempt is logged. */
const LONGEST_REFUSED_MS = 300_000;
/** For a session that can't be recorded. */
const LONGEST_WAIT_MS = 60 * 60_000;

/** Batches in flight at a time. */
const BATCHES_AT_ONCE = 4;
const MOST_BATCHES = 20;
const CORRECT_EVERY_ROUNDS = 60;

/** Polls the sessions that are due, batch by batch. The function that it returns does one round, and says how long to rest, in ms. */
export function createRound(c: FollowContext) {
  const { log, now } = c;
  const { polls, setAside } = c.store;
  const { watchTimes: times } = c.tuning;
  const refresher = createRefresher(c);
  /** Since when sessions are missing. A new watcher starts over. */
  const missingSince = new Map<string, number>();
  const failing = new Set<string>();
  let [rounds, failedRounds] = [0, 0];

  /** If the clock was set back, polls that were planned before would come too late. */
  async function correct(): Promise<void> {
    if (rounds++ % CORRECT_EVERY_ROUNDS !== 0) return;
    for (const first of [true, false]) {
      const latest = new Date(now() + 2 * longestInterval(first, times.fastestMs));
      await polls.bringForward(first, { now: new Date(now()), latest });
    }
  }

  /**
   * For the next round. Batches are filled up with those due soon, so that the number of requests depends on the number
   * of sessions, not on when each is due.
   */
  async function dueBatches(): Promise<SessionRow[][]> {
    const due = await polls.dueCount(new Date(now()), MOST_BATCHES * BATCH);
    if (due === 0) return [];
    const rows = await polls.due({
      until: new Date(now() + times.fastestMs / 2),
      hotSince: new Date(now() - HOT_MS),
      limit: Math.ceil(due / BATCH) * BATCH,
    });
    return batchesOf(rows, BATCH);
  }

  function next(row: SessionRow, mostMs = Infinity): Reschedule {
    const { sessionId: id, phase, snapshot, nextLookAt: was } = row;
    const quietMs = now() - Math.max(row.changedAt.getTime(), row.touchedAt?.getTime() ?? 0);
    const watched = { phase, status: snapshot.status, quietMs };
    const intervalMs = pollInterval(watched, times.fastestMs);
    const inMs = Math.min(intervalMs === null ? Infinity : jittered(intervalMs, Math.random()), mostMs);
    return { id, was, first: goesFirst(watched), at: inMs === Infinity ? null : new Date(now() + inMs) };
  }

  async function pollBatch(rows: SessionRow[], signal: AbortSignal): Promise<DevinError | null> {
    const known = rows.map(({ snapshot }) => snapshot);
    const result = await poll(c.devin.sessions, known, signal);
    if (signal.aborted) return result.trouble;
    const planned: Reschedule[] = [];
    for (const row of rows) {
      const plan = await record(row, result);
      if (plan !== null) planned.push(plan);
    }
    await polls.reschedule(planned);
    return result.trouble;
  }

  /** When it is polled next; null: as it was, or as was recorded. One that fails is put off for longer and longer, and counted. */
  async function record(row: SessionRow, result: PollResult): Promise<Reschedule | null> {
    const { sessionId: id, nextLookAt: was } = row;
    try {
      const plan = await recordAnswer(row, result);
      if (failing.delete(id)) await setAside.clear('session', id);
      return plan;
    } catch (error) {
      const count = await setAside.note('session', id, { error });
      failing.add(id);
      log.warn({ err: error, sessionId: id, count }, "a session's status could not be recorded");
      const at = new Date(now() + Math.min(LONGEST_WAIT_MS, times.fastestMs * 2 ** count));
      return { id, was, at, first: false };
    }
  }

  async function recordAnswer(row: SessionRow, result: PollResult): Promise<Reschedule | null> {
    const { sessionId: id, phase } = row;
    const failure = result.failed.get(id);
    if (failure !== undefined) throw failure;
    const answer = result.answered.find(({ sessionId }) => sessionId === id);
    if (answer !== undefined) {
      missingSince.delete(id);
      const isRecorded = !isKnown(row, answer) && (await recordPoll(c, row, answer));
      await refresher.polled(row, answer);
      return isRecorded ? null : next(row);
    }
    // After an error, those without an answer stay due.
    if (!result.gone.has(id)) return result.trouble === null ? next(row) : null;
    const sinceMs = missingSince.get(id) ?? now();
    missingSince.set(id, sinceMs);
    if (phase !== 'gone' && now() - sinceMs < times.goneAfterMs) return next(row, times.goneAfterMs);
    await recordGone(c, id);
    missingSince.delete(id);
    refresher.forget(id);
    return null;
  }

  function pause(troubles: readonly DevinError[]): number {
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
    await correct();
    const batches = await dueBatches();
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
