import { isDeepStrictEqual } from 'node:util';
import { batchesOf } from '../bounds.ts';
import type { Devin } from '../devin/devin.ts';
import { DevinError, type DevinErrorCode, orDevinError } from '../devin/errors.ts';
import { LeaseLostError } from '../queue/index.ts';
import { elapsedStep, HOT_MS, pollInterval, sessionPhase, type Watched } from '../session/lifecycle.ts';
import type { SessionSnapshot } from '../session/snapshot.ts';
import type { NextPoll, Reschedule, SessionRow } from '../store/sessions.ts';
import { cardKey } from '../store/shown.ts';
import { type Interval, MS_PER_S, once, sleep } from '../time.ts';
import { askedWait } from '../upstream.ts';
import type { FollowContext } from './context.ts';
import { nextPollOf, recordGone, recordPoll } from './record.ts';

type Watching = {
  /** Runs once, beside the rounds, when this process starts to watch. Never rejects. */
  prepare: (signal: AbortSignal) => Promise<void>;
  /** Does a part of the work; resolves with how long to rest, in ms. */
  round: (signal: AbortSignal) => Promise<number>;
  standbyMs: number;
};

const AFTER_FAILURE_MS = 5000;

/** Runs rounds on one of all replicas; another takes over if it dies, or at once if it stops, which is for good. */
export function startWatching(
  { withLease, log }: Pick<FollowContext, 'withLease' | 'log'>,
  { prepare, round, standbyMs }: Watching,
): Interval {
  const stopping = new AbortController();
  const { signal } = stopping;
  const preparing = once(async () => prepare(signal));
  const failed = (error: unknown): number => {
    if (!(error instanceof LeaseLostError))
      log.warn({ err: error }, 'watching sessions failed; it will be retried');
    return AFTER_FAILURE_MS;
  };
  async function watch(): Promise<void> {
    while (!signal.aborted) {
      const leading = withLease('watch-sessions', async ({ held }) => {
        void preparing();
        // Until another process takes over. Two that watch for a moment do no harm.
        const until = AbortSignal.any([signal, held]);
        while (!until.aborted) await sleep(await round(until).catch(failed), until);
      });
      await leading.catch(failed);
      await sleep(standbyMs, signal);
    }
    await preparing();
  }
  const ended = watch();
  return {
    async stop() {
      stopping.abort();
      await ended;
    },
  };
}

/** After an error, unless Devin asks for more. Devin's words come this long after an outage at most. */
const LONGEST_PAUSE_MS = 60_000;
/** A session that can't be polled or recorded waits so many times the shortest interval. */
const AFTER_FAILED = 6;

/** Batches in flight at a time. */
const BATCHES_AT_ONCE = 4;
const MOST_BATCHES = 20;

/** Polls the sessions that are due, batch by batch. The function that it returns does one round, and says how long to rest, in ms. */
export function createRound(c: FollowContext) {
  const { log } = c;
  const { tickMs } = c.tuning.watchTimes;
  let failedRounds = 0;

  function pause({ code, retryAfterMs }: DevinError): number {
    failedRounds += 1;
    const backOffMs = Math.min(LONGEST_PAUSE_MS, c.tuning.watchTimes.fastestMs * 2 ** failedRounds);
    // At least as long as Devin asks for, within an hour.
    const pauseMs = Math.max(backOffMs, askedWait(retryAfterMs ?? 0)) * (1 + Math.random() / 10);
    if (failedRounds > 1) return pauseMs;
    // The key was revoked, or its role changed: waiting doesn't help.
    if (code === 'unauthorized' || code === 'forbidden')
      log.error({ pauseMs, code }, 'Devin refuses to list sessions; run `npm run doctor`');
    else log.warn({ pauseMs }, "Devin is busy or can't be reached; polling pauses");
    return pauseMs;
  }

  return async (signal: AbortSignal): Promise<number> => {
    const batches = await dueBatches(c);
    for (const some of batchesOf(batches, BATCHES_AT_ONCE)) {
      const troubles = await Promise.all(some.map(async (rows) => pollBatch(c, rows, signal)));
      if (signal.aborted) return 0;
      const trouble = troubles.find((one) => one !== null);
      if (trouble !== undefined) return pause(trouble);
    }
    if (batches.length > 0 && failedRounds > 0) {
      failedRounds = 0;
      log.info('Devin answers again; polling continues');
    }
    return tickMs;
  };
}

/** For the next round, also those due soon: the number of requests depends on the number of sessions, not on when each is due. */
async function dueBatches({ store: { polls }, tuning, now }: FollowContext): Promise<SessionRow[][]> {
  if (!(await polls.isAnyDue(new Date(now())))) return [];
  const rows = await polls.due({
    until: new Date(now() + tuning.watchTimes.fastestMs / 2),
    hotSince: new Date(now() - HOT_MS),
    limit: MOST_BATCHES * BATCH,
  });
  return batchesOf(rows, BATCH);
}

/** Returns why polling must pause. */
async function pollBatch(
  c: FollowContext,
  rows: readonly SessionRow[],
  signal: AbortSignal,
): Promise<DevinError | null> {
  const sessionIds = rows.map(({ sessionId }) => sessionId);
  const { answers, trouble } = await poll(c.devin.sessions, sessionIds, signal);
  if (signal.aborted) return null;
  const planned: Reschedule[] = [];
  for (const row of rows) {
    const answer = answers.get(row.sessionId);
    if (answer === undefined) continue;
    const next = await recordPolled(c, row, answer);
    const at = next && new Date(c.now() + next.inMs);
    planned.push({ id: row.sessionId, was: row.nextLookAt, at, first: next?.first ?? false });
  }
  // What was recorded has set its own time, and is no longer as it was.
  await c.store.polls.reschedule(planned);
  return trouble;
}

/** When it is polled next, if nothing has changed; null: never. One that fails holds up nothing. */
async function recordPolled(
  c: FollowContext,
  row: SessionRow,
  answer: SessionSnapshot | DevinError,
): Promise<NextPoll> {
  const { sessionId, phase, snapshot } = row;
  const { fastestMs, goneAfterMs } = c.tuning.watchTimes;
  const watched = watchedOf(c, row);
  try {
    if (answer instanceof DevinError) {
      if (answer.code !== 'not-found') throw answer;
      // Devin's answers may lag behind its creations.
      const mayLag = phase !== 'gone' && c.now() - snapshot.createdAt * MS_PER_S < goneAfterMs;
      if (mayLag) return { inMs: goneAfterMs, first: true };
      await recordGone(c, sessionId);
    } else if (isKnown(row, answer)) await refresh(c, row, pollInterval(watched, fastestMs) ?? 0);
    else await recordPoll(c, row, answer);
    return nextPollOf(c, watched);
  } catch (error) {
    c.log.warn({ err: error, sessionId }, "a session's status could not be recorded");
    return { inMs: AFTER_FAILED * fastestMs, first: false };
  }
}

function watchedOf({ now }: FollowContext, { phase, snapshot, changedAt, touchedAt }: SessionRow): Watched {
  const quietMs = now() - Math.max(changedAt.getTime(), touchedAt?.getTime() ?? 0);
  return { phase, status: snapshot.status, quietMs };
}

/** Any answer about a session that was gone is news, and so is the first about one that was found after it had begun. */
function isKnown({ phase, wasFinished, snapshot }: SessionRow, answer: SessionSnapshot): boolean {
  const now = sessionPhase(answer, wasFinished);
  const isRecorded = phase === now || (phase === 'starting' && now === 'queued');
  return isRecorded && isDeepStrictEqual(answer, snapshot);
}

/** Counts the fetches of messages: a second after the last change (Devin's times are whole seconds), then at doubling times. */
const messagesStep =
  (mostMs: number) =>
  (quietMs: number): number =>
    Math.floor(Math.log2(1 + Math.min(quietMs, mostMs) / MS_PER_S)) + Math.floor(quietMs / mostMs);

/** Refreshes the time on the card, and messages, without a change of status: if their next step has begun since the last poll. */
async function refresh(
  { enqueue, tuning: { watchTimes: times }, now }: FollowContext,
  { sessionId, requestId, phase, snapshot, changedAt, nextLookAt }: SessionRow,
  intervalMs: number,
): Promise<void> {
  const lastPollMs = Math.min(now(), nextLookAt?.getTime() ?? now()) - intervalMs;
  const hasPassed = (stepOf: (ms: number) => number, sinceMs: number): boolean =>
    stepOf(now() - sinceMs) !== stepOf(lastPollMs - sinceMs);
  if (phase === 'working' && hasPassed(elapsedStep, snapshot.createdAt * MS_PER_S))
    await enqueue('show', { key: cardKey(requestId) });
  const changedMs = changedAt.getTime();
  if (now() - changedMs < HOT_MS && hasPassed(messagesStep(times.messagesMs), changedMs))
    await enqueue('relay-from-devin', { sessionId });
}

/** Devin sets no limit for the ids of a list; this keeps the URL short enough for servers. */
const BATCH = 50;

/** By id, what Devin says about each, or why it says nothing about that one. About the others, nothing is known. */
type PollResult = {
  answers: ReadonlyMap<string, SessionSnapshot | DevinError>;
  /** Polling must pause. */
  trouble: DevinError | null;
};

/** It's gone, or Devin shows it to others, or not now. */
const OF_ONE: ReadonlySet<DevinErrorCode> = new Set(['not-found', 'forbidden', 'conflict']);
/** Devin failed without asking for a pause, or didn't answer in time, or in a form that can be read. */
const FAILURES: ReadonlySet<DevinErrorCode> = new Set(['unavailable', 'invalid-request', 'no-answer']);
const mayBeOfOne = ({ code, retryAfterMs }: DevinError): boolean =>
  retryAfterMs === null && FAILURES.has(code);

/** One request for a batch; sessions that it leaves out, or may fail because of, are fetched one by one. */
export async function poll(
  { list, get }: Pick<Devin['sessions'], 'list' | 'get'>,
  sessionIds: readonly string[],
  signal: AbortSignal,
): Promise<PollResult> {
  // What fails is polled again, and failures in a row count as an outage.
  const once = { signal, retry: 0 } as const;
  const isUp = async () => !((await orDevinError(list({ first: 1 }, once))) instanceof DevinError);
  const answers = new Map<string, SessionSnapshot | DevinError>();
  const listed = await orDevinError(list({ sessionIds, first: BATCH }, once));
  // If Devin ignores the filter, it also lists others, which are not used.
  if (!(listed instanceof DevinError)) for (const one of listed.items) answers.set(one.sessionId, one);
  else if (!mayBeOfOne(listed) || !(await isUp())) return { answers, trouble: listed };
  for (const id of sessionIds.filter((one) => !answers.has(one))) {
    if (signal.aborted) break;
    const answer = await orDevinError(get(id, once));
    const isOfOne =
      !(answer instanceof DevinError) || OF_ONE.has(answer.code) || (mayBeOfOne(answer) && (await isUp()));
    if (!isOfOne) return { answers, trouble: answer };
    answers.set(id, answer);
  }
  return { answers, trouble: null };
}
