import { isDeepStrictEqual } from 'node:util';
import { batchesOf } from '../bounds.ts';
import type { Devin } from '../devin/devin.ts';
import { DevinError, type DevinErrorCode, orDevinError } from '../devin/errors.ts';
import type { Log } from '../log.ts';
import { createWithLease, LeaseLostError } from '../queue/index.ts';
import {
  elapsedStep,
  goesFirst,
  HOT_MS,
  jittered,
  pollInterval,
  sessionPhase,
  type Watched,
} from '../session/lifecycle.ts';
import type { SessionSnapshot } from '../session/snapshot.ts';
import type { Leases } from '../store/leases.ts';
import type { Reschedule, SessionRow } from '../store/sessions.ts';
import { cardKey } from '../store/shown.ts';
import { MS_PER_S, once } from '../time.ts';
import { askedWait } from '../upstream.ts';
import type { FollowContext } from './context.ts';
import { recordGone, recordPoll } from './record.ts';

type WatcherDeps = {
  leases: Pick<Leases, 'take' | 'renew' | 'renewAll' | 'release'>;
  /** Does a part of the work; resolves with how long to rest, in ms. */
  round: (signal: AbortSignal) => Promise<number>;
  prepare: (signal: AbortSignal) => Promise<void>;
  times: { leaseMs: number; standbyMs: number };
  /** Resolves false if the signal ended it. */
  sleep: (ms: number, signal: AbortSignal) => Promise<boolean>;
  log: Log;
};

export type Watcher = { start(): void; stop(): Promise<void> };

const LEASE = 'watch-sessions';
const AFTER_FAILURE_MS = 5000;
const PREPARE_RETRY_MS = 60_000;

/** Runs rounds on one of all replicas; another takes over if it dies, or at once if it stops. */
export function createWatcher(deps: WatcherDeps): Watcher {
  let life: { stopping: AbortController; ended: Promise<void> } | null = null;
  return {
    start() {
      if (life !== null) return;
      const stopping = new AbortController();
      life = { stopping, ended: run(deps, stopping.signal) };
    },
    async stop() {
      const ending = life;
      life = null;
      ending?.stopping.abort();
      await ending?.ended;
    },
  };
}

async function run(deps: WatcherDeps, signal: AbortSignal): Promise<void> {
  const { leases, times, round, sleep, log } = deps;
  const withLease = createWithLease(leases, times.leaseMs);
  const preparing = once(async () => prepareOnce(deps, signal));
  while (!signal.aborted) {
    const leading = withLease(LEASE, async ({ held }) => {
      void preparing();
      // Until another process takes over. Two that watch for a moment do no harm.
      const until = AbortSignal.any([signal, held]);
      while (!until.aborted) {
        const restMs = await round(until).catch((error: unknown) => {
          log.warn({ err: error }, 'watching sessions failed; it will be retried');
          return AFTER_FAILURE_MS;
        });
        await sleep(restMs, until);
      }
      if (signal.aborted) await preparing();
    });
    await leading.catch((error: unknown) => {
      if (!(error instanceof LeaseLostError))
        log.warn({ err: error }, 'the lease on watching sessions could not be taken or released');
    });
    await sleep(times.standbyMs, signal);
  }
  await preparing();
}

/** Runs beside the rounds until it succeeds once. If a stop ends it, the next start repeats it. */
async function prepareOnce({ prepare, sleep, log }: WatcherDeps, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      return await prepare(signal);
    } catch (error) {
      if (!signal.aborted) log.warn({ err: error }, 'looking for lost sessions failed; it will be retried');
    }
    await sleep(PREPARE_RETRY_MS, signal);
  }
}

/** The key was revoked, or its role changed: waiting doesn't help. */
const REFUSED: ReadonlySet<DevinErrorCode> = new Set(['unauthorized', 'forbidden']);

/** After an error, unless Devin asks for more. Devin's words come this long after an outage at most. */
const LONGEST_PAUSE_MS = 60_000;
/** An app admin has to act, and each attempt is logged. */
const LONGEST_REFUSED_MS = 300_000;
/** A session that can't be polled or recorded waits so many times the shortest interval. */
const AFTER_FAILED = 6;

/** Batches in flight at a time. */
const BATCHES_AT_ONCE = 4;
const MOST_BATCHES = 20;

/** Polls the sessions that are due, batch by batch. The function that it returns does one round, and says how long to rest, in ms. */
export function createRound(c: FollowContext) {
  const { log, now } = c;
  const { polls } = c.store;
  const { watchTimes: times } = c.tuning;
  /** Since when sessions are missing. A new watcher starts over. */
  const missingSince = new Map<string, number>();
  let failedRounds = 0;

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

  function watchedOf({ phase, snapshot, changedAt, touchedAt }: SessionRow): Watched {
    const quietMs = now() - Math.max(changedAt.getTime(), touchedAt?.getTime() ?? 0);
    return { phase, status: snapshot.status, quietMs };
  }

  const intervalOf = (row: SessionRow): number | null => pollInterval(watchedOf(row), times.fastestMs);

  function next(row: SessionRow, mostMs = Infinity): Reschedule {
    const { sessionId: id, nextLookAt: was } = row;
    const intervalMs = intervalOf(row);
    const inMs = Math.min(intervalMs === null ? Infinity : jittered(intervalMs, Math.random()), mostMs);
    return {
      id,
      was,
      first: goesFirst(watchedOf(row)),
      at: inMs === Infinity ? null : new Date(now() + inMs),
    };
  }

  async function pollBatch(rows: SessionRow[], signal: AbortSignal): Promise<DevinError | null> {
    const sessionIds = rows.map(({ sessionId }) => sessionId);
    const result = await poll(c.devin.sessions, sessionIds, signal);
    if (signal.aborted) return result.trouble;
    const planned: Reschedule[] = [];
    for (const row of rows) {
      const plan = await record(row, result);
      if (plan !== null) planned.push(plan);
    }
    await polls.reschedule(planned);
    return result.trouble;
  }

  /** When it is polled next; null: as it was, or as was recorded. One that fails holds up nothing. */
  async function record(row: SessionRow, result: PollResult): Promise<Reschedule | null> {
    const { sessionId: id, nextLookAt: was } = row;
    try {
      return await recordAnswer(row, result);
    } catch (error) {
      log.warn({ err: error, sessionId: id }, "a session's status could not be recorded");
      return { id, was, at: new Date(now() + AFTER_FAILED * times.fastestMs), first: false };
    }
  }

  async function recordAnswer(row: SessionRow, result: PollResult): Promise<Reschedule | null> {
    const { sessionId: id, phase } = row;
    const failure = result.failed.get(id);
    if (failure !== undefined) throw failure;
    const answer = result.answered.find(({ sessionId }) => sessionId === id);
    if (answer !== undefined) {
      missingSince.delete(id);
      if (!isKnown(row, answer)) return (await recordPoll(c, row, answer)) ? null : next(row);
      await refresh(c, row, intervalOf(row) ?? 0);
      return next(row);
    }
    // After an error, those without an answer stay due.
    if (!result.gone.has(id)) return result.trouble === null ? next(row) : null;
    const sinceMs = missingSince.get(id) ?? now();
    missingSince.set(id, sinceMs);
    if (phase !== 'gone' && now() - sinceMs < times.goneAfterMs) return next(row, times.goneAfterMs);
    await recordGone(c, id);
    missingSince.delete(id);
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
  if (phase === 'working' && hasPassed(elapsedStep, snapshot.createdAt * 1000))
    await enqueue('show', { key: cardKey(requestId) });
  const changedMs = changedAt.getTime();
  if (now() - changedMs < HOT_MS && hasPassed(messagesStep(times.messagesMs), changedMs))
    await enqueue('relay-from-devin', { sessionId });
}

/** Devin sets no limit for the ids of a list; this keeps the URL short enough for servers. */
const BATCH = 50;

/** What a poll of some sessions found. About those in none of these, nothing is known. */
export type PollResult = {
  answered: SessionSnapshot[];
  /** Ids that Devin doesn't know. */
  gone: Set<string>;
  /** By id: why Devin gives nothing that can be read about it, although it does about others. */
  failed: Map<string, Error>;
  /** Polling must pause. */
  trouble: DevinError | null;
};

/** Devin shows it to others, or not now. */
const HIDDEN: ReadonlySet<DevinErrorCode> = new Set(['forbidden', 'conflict']);

/** Devin failed without asking for a pause, or didn't answer in time, or in a form that can be read. */
const FAILURES: ReadonlySet<DevinErrorCode> = new Set(['unavailable', 'invalid-request', 'no-answer']);
const mayBeOfOne = ({ code, retryAfterMs }: DevinError): boolean =>
  retryAfterMs === null && FAILURES.has(code);

/**
 * Devin pushes nothing, so it is polled. One request; sessions that the list leaves out, or because of which it may fail, are
 * fetched one by one. `sessionIds`: at most a batch.
 */
export async function poll(
  { list, get }: Pick<Devin['sessions'], 'list' | 'get'>,
  sessionIds: readonly string[],
  signal: AbortSignal,
): Promise<PollResult> {
  // What fails is polled again, and failures in a row count as an outage.
  const once = { signal, retry: 0 } as const;
  const isUp = async () => !((await orDevinError(list({ first: 1 }, once))) instanceof DevinError);
  const listed = await orDevinError(list({ sessionIds, first: BATCH }, once));
  const result: PollResult = { answered: [], gone: new Set(), failed: new Map(), trouble: null };
  if (!(listed instanceof DevinError)) result.answered = listed.items;
  else if (!mayBeOfOne(listed) || !(await isUp())) return { ...result, trouble: listed };
  // If Devin ignores the filter, it also lists others, which are not used.
  const found = new Set(result.answered.map(({ sessionId: id }) => id));
  for (const sessionId of sessionIds.filter((id) => !found.has(id))) {
    if (result.trouble !== null || signal.aborted) break;
    const answer = await orDevinError(get(sessionId, once));
    if (!(answer instanceof DevinError)) result.answered.push(answer);
    else if (answer.code === 'not-found') result.gone.add(sessionId);
    else if (mayBeOfOne(answer) && (await isUp())) result.failed.set(sessionId, answer);
    else if (!HIDDEN.has(answer.code)) result.trouble = answer;
  }
  return result;
}
