import { batchesOf } from '../bounds.ts';
import { DevinError, orDevinError, type DevinErrorCode } from '../devin/errors.ts';
import type { SessionQuery } from '../devin/sessions.ts';
import { goesFirst, HOT_MS, jittered, longestInterval, pollInterval } from '../session/lifecycle.ts';
import type { SessionSnapshot } from '../session/snapshot.ts';
import type { Reschedule } from '../store/polls.ts';
import type { SessionRow } from '../store/sessions.ts';
import type { FollowContext } from './context.ts';

/** What a poll of some sessions found. About those in none of these, nothing is known. */
export type PollResult = {
  answered: SessionSnapshot[];
  /** Ids that Devin doesn't know. */
  gone: string[];
  /** By id: why Devin gives nothing that can be read about it, although it does about others. */
  failed: Map<string, Error>;
  /** Polling must pause: for so long, or as long as the caller likes if it's null. */
  trouble: PollTrouble | null;
};

export type PollTrouble = { code: DevinErrorCode; retryAfterMs: number | null };

/** Devin pushes nothing, so it is polled. `known`: at most a batch, as each was. */
export type Poll = (known: readonly SessionSnapshot[], signal: AbortSignal) => Promise<PollResult>;

/** Devin sets no limit for the ids of a list; this keeps the URL short enough for servers. */
const BATCH = 50;

/** `retry`: 0 for one attempt. Failures in a row count as an outage, and what fails is polled again. */
type Options = { known?: readonly SessionSnapshot[]; signal: AbortSignal; retry?: 0 };
type Listed = { items: SessionSnapshot[] };
type PollingDeps = {
  list: (query: SessionQuery, options: Options) => Promise<Listed>;
  get: (sessionId: string, options: Options) => Promise<SessionSnapshot>;
};

/** How many are asked about at a time: together with their list, fewer failures in a row than an outage. */
const AT_ONCE = 3;

/** Whether Devin answers about others. */
type IsUp = () => Promise<boolean>;

/** One request per batch; a session that the list leaves out, or because of which it may fail, is fetched by itself. */
export function createPoll({ list, get }: PollingDeps): Poll {
  const listAny = async (signal: AbortSignal) => orDevinError(list({ first: 1 }, { signal, retry: 0 }));

  const listKnown = async (known: readonly SessionSnapshot[], signal: AbortSignal) => {
    const sessionIds = known.map(({ sessionId: id }) => id);
    return orDevinError(list({ sessionIds, first: BATCH }, { known, signal, retry: 0 }));
  };

  async function pollOne(known: SessionSnapshot, result: PollResult, signal: AbortSignal): Promise<void> {
    const { sessionId } = known;
    const answer = await orDevinError(get(sessionId, { known: [known], signal, retry: 0 }));
    if (!(answer instanceof DevinError)) result.answered.push(answer);
    else if (answer.code === 'not-found') result.gone.push(sessionId);
    else if (mayBeOfOne(answer)) result.failed.set(sessionId, answer);
    else if (!HIDDEN.has(answer.code)) result.trouble = troubleOf(answer);
  }

  /** Adds to `result`. If Devin fails about all, it isn't because of these. */
  async function pollEach(
    sessions: readonly SessionSnapshot[],
    { result, signal, isUp }: { result: PollResult; signal: AbortSignal; isUp: IsUp },
  ): Promise<PollResult> {
    for (const some of batchesOf(sessions, AT_ONCE)) {
      if (result.trouble !== null || signal.aborted) break;
      const before = result.failed.size;
      await Promise.all(some.map(async (one) => pollOne(one, result, signal)));
      if (result.failed.size === before || (await isUp())) continue;
      for (const { sessionId } of some) result.failed.delete(sessionId);
      result.trouble ??= { code: 'unavailable', retryAfterMs: null };
    }
    return result;
  }

  /** With the sessions that the list leaves out. */
  async function pollLeftOut(known: readonly SessionSnapshot[], { items }: Listed, signal: AbortSignal) {
    // If Devin ignores the filter, it also lists others, which are not used.
    const found = new Set(items.map(({ sessionId: id }) => id));
    const leftOut = known.filter(({ sessionId: id }) => !found.has(id));
    const isUp = async () => !((await listAny(signal)) instanceof DevinError);
    return pollEach(leftOut, { result: foundIn(items), signal, isUp });
  }

  let turn = 0;
  /** From another one on each time, so that the same few don't always come first. */
  const inTurn = (all: readonly SessionSnapshot[]): SessionSnapshot[] => {
    const from = turn++ % all.length;
    return [...all.slice(from), ...all.slice(0, from)];
  };

  /** Devin lists nothing. Fetching each costs far more, so polling pauses after that. */
  async function pollWithoutList(
    known: readonly SessionSnapshot[],
    failure: DevinError,
    signal: AbortSignal,
  ) {
    const result = foundIn([]);
    const isUp = async () => Promise.resolve(!isNothingFound(result));
    await pollEach(inTurn(known), { result, signal, isUp });
    return { ...result, trouble: result.trouble ?? troubleOf(failure) };
  }

  /** The list may fail because of one of them: if Devin lists any others, only those that fail are put off. */
  async function pollAfterFailure(
    known: readonly SessionSnapshot[],
    failure: DevinError,
    signal: AbortSignal,
  ): Promise<PollResult> {
    if (!mayBeOfOne(failure)) return { ...foundIn([]), trouble: troubleOf(failure) };
    if ((await listAny(signal)) instanceof DevinError) return pollWithoutList(known, failure, signal);
    // It may have failed by chance.
    const listed = await listKnown(known, signal);
    if (!(listed instanceof DevinError)) return pollLeftOut(known, listed, signal);
    const result = await pollLeftOut(known, { items: [] }, signal);
    return result.failed.size > 0 ? result : { ...result, trouble: result.trouble ?? troubleOf(listed) };
  }

  return async (known, signal) => {
    const listed = await listKnown(known, signal);
    return listed instanceof DevinError
      ? pollAfterFailure(known, listed, signal)
      : pollLeftOut(known, listed, signal);
  };
}

const foundIn = (answered: SessionSnapshot[]): PollResult => ({
  answered,
  gone: [],
  failed: new Map(),
  trouble: null,
});

const isNothingFound = ({ answered, gone }: PollResult): boolean =>
  answered.length === 0 && gone.length === 0;

/** Devin shows it to others, or not now. */
const HIDDEN: ReadonlySet<DevinErrorCode> = new Set(['forbidden', 'conflict']);

const FAILURES: ReadonlySet<DevinErrorCode> = new Set(['unavailable', 'invalid-request', 'no-answer']);

/** Devin failed without asking for a pause, or didn't answer in time, or in a form that can be read. */
function mayBeOfOne({ code, retryAfterMs }: DevinError): boolean {
  return retryAfterMs === null && FAILURES.has(code);
}

function troubleOf({ code, retryAfterMs }: DevinError): PollTrouble {
  return { code, retryAfterMs };
}

const MOST_BATCHES = 20;
const CORRECT_EVERY_ROUNDS = 60;

/** Which sessions are due for a poll, and when each is due again. */
export function createSchedule({ store: { polls }, tuning: { watchTimes: times }, now }: FollowContext) {
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
      return { id, was, first, at: intervalMs === null ? null : at(jittered(intervalMs, Math.random())) };
    },
  };
}

/** How long ago it changed, or someone acted on it. */
function quietFor({ changedAt, touchedAt }: SessionRow, nowMs: number): number {
  return nowMs - Math.max(changedAt.getTime(), touchedAt?.getTime() ?? 0);
}
