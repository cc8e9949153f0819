import { DevinError } from '../devin/errors.ts';
import type { DevinErrorCode } from '../devin/errors.ts';
import type { SessionQuery } from '../devin/session-list.ts';
import type { Log } from '../log.ts';
import type { SessionSnapshot } from '../session/snapshot.ts';
import type { SessionRow, Sessions } from '../store/sessions.ts';
import type { SetAside } from '../store/set-aside.ts';

/** What became of a look at some sessions. Of those in neither list nothing was learnt. */
export type Seen = {
  answered: SessionSnapshot[];
  /** Ids Devin does not know. */
  gone: string[];
  /** Devin was not to be asked more: everything waits so long, or as long as seems good where it is null. */
  trouble: { retryAfterMs: number | null } | null;
};

/** Where the state of sessions comes from; Devin pushes nothing, so it is asked. Ids are bare; at most a batch. */
export type StatusSource = { look(sessionIds: readonly string[], signal: AbortSignal): Promise<Seen> };

/** Devin sets no limit for `session_ids`; this keeps the address within what servers take. */
export const BATCH = 50;

type Options = { signal: AbortSignal };
type PollingDeps = {
  list: (query: SessionQuery, options: Options) => Promise<{ items: SessionSnapshot[] }>;
  get: (sessionId: string, options: Options) => Promise<SessionSnapshot>;
};

/** One request per batch; a session that the list leaves out is asked for alone. */
export function createPollingSource({ list, get }: PollingDeps): StatusSource {
  async function listed(sessionIds: readonly string[], signal: AbortSignal): Promise<Seen> {
    try {
      const { items } = await list({ sessionIds, first: BATCH }, { signal });
      // A filter that is not understood answers others, too.
      const answered = items.filter(({ sessionId: id }) => sessionIds.includes(id));
      return { answered, gone: [], trouble: null };
    } catch (error) {
      // Of a list that makes no sense, each session is asked for alone.
      return { answered: [], gone: [], trouble: isSenseless(error) ? null : troubleOf(error) };
    }
  }

  async function lookAlone(sessionId: string, seen: Seen, signal: AbortSignal): Promise<void> {
    try {
      seen.answered.push(await get(sessionId, { signal }));
    } catch (error) {
      if (!(error instanceof DevinError)) throw error;
      if (error.code === 'not-found') seen.gone.push(sessionId);
      else if (!isSenseless(error) && !ABOUT_ONE.has(error.code)) seen.trouble = troubleOf(error);
    }
  }

  return {
    async look(sessionIds, signal) {
      const seen = await listed(sessionIds, signal);
      const answered = new Set(seen.answered.map(({ sessionId: id }) => id));
      for (const id of sessionIds) {
        if (seen.trouble !== null || signal.aborted) break;
        if (!answered.has(id)) await lookAlone(id, seen, signal);
      }
      return seen;
    },
  };
}

/** These say nothing about other sessions. */
const ABOUT_ONE: ReadonlySet<DevinErrorCode> = new Set(['forbidden', 'conflict']);

/** Answered, but not in a form that is understood. */
function isSenseless(error: unknown): boolean {
  if (!(error instanceof DevinError)) return false;
  return error.code === 'invalid-request' || (error.code === 'no-answer' && error.status !== null);
}

/** Rethrows what is not Devin's. */
function troubleOf(error: unknown): { retryAfterMs: number | null } {
  if (!(error instanceof DevinError)) throw error;
  return { retryAfterMs: error.retryAfterMs };
}

type FailureDeps = {
  sessions: Pick<Sessions, 'reschedule'>;
  setAside: Pick<SetAside, 'note' | 'clear'>;
  times: { fastestMs: number };
  now: () => number;
  log: Log;
};

const LONGEST_WAIT_MS = 60 * 60_000;

/** Sessions whose looks fail: each is put off for longer and longer, and counted. */
export function createFailures({ sessions, setAside, times, now, log }: FailureDeps) {
  const failing = new Set<string>();
  return {
    /** False: the task failed, which harms this session alone. */
    async survives(row: SessionRow, task: () => Promise<void>): Promise<boolean> {
      const { sessionId: id, nextLookAt: was } = row;
      try {
        await task();
        if (failing.delete(id)) await setAside.clear('session', id);
        return true;
      } catch (error) {
        const count = await setAside.note('session', id, { error });
        failing.add(id);
        log.warn(
          { err: error, sessionId: id, count },
          'what Devin says about a session could not be recorded',
        );
        const at = new Date(now() + Math.min(LONGEST_WAIT_MS, times.fastestMs * 2 ** count));
        await sessions.reschedule([{ id, was, at, first: false }]);
        return false;
      }
    },
  };
}
