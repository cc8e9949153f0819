import { isDeepStrictEqual } from 'node:util';
import type { Transaction } from 'kysely';
import type { Enqueue } from '../queue/index.ts';
import {
  goesFirst,
  jittered,
  pollInterval,
  sessionPhase,
  STANDING,
  type SessionPhase,
  type Watched,
} from '../session/lifecycle.ts';
import { progress } from '../session/milestones.ts';
import { isClosed, type SessionSnapshot } from '../session/snapshot.ts';
import type { NextPoll, SessionChanges, SessionRow } from '../store/sessions.ts';
import { cardKey } from '../store/shown.ts';
import type { StoreParts } from '../store/store.ts';
import type { Tables } from '../store/tables.ts';
import { alertOwners, type Budget } from '../trust/index.ts';

type RecordDeps = {
  store: StoreParts<{
    db: 'transaction';
    sessions: 'lock' | 'change';
    milestones: 'add';
  }>;
  budget: Pick<Budget, 'follow'>;
  enqueue: Enqueue;
  times: {
    /** How often active sessions are polled. */
    fastestMs: number;
    /** Messages are fetched and posted first; milestones wait for them no longer than this. */
    tellAfterMs: number;
    /** How long after the end of a session its last messages may appear. */
    lastReadMs: number;
  };
  now: () => number;
  random: () => number;
};

export type Recorder = ReturnType<typeof createRecorder>;

/** Records what Devin says about a session, with everything that follows from it, in one transaction. */
export function createRecorder(deps: RecordDeps) {
  const { db, sessions } = deps.store;
  const { budget, enqueue, now } = deps;

  /** `snapshotOf`: given the current row, what to record; null: nothing. */
  async function record(
    sessionId: string,
    snapshotOf: (current: SessionRow) => SessionSnapshot | null,
  ): Promise<boolean> {
    return db.transaction().execute(async (trx) => {
      const current = await sessions.lock(sessionId, trx);
      const snapshot = current === null ? null : snapshotOf(current);
      if (current === null || snapshot === null) return false;
      const next = outcome(deps, current, snapshot);
      await sessions.change(sessionId, next.changes, trx);
      // What a resting session may still use doesn't count; once it wakes, it counts again.
      const spent = { consumed: snapshot.acusConsumed, isOpen: STANDING[next.phase] !== 'earlier' };
      await alertOwners(enqueue, await budget.follow(sessionId, spent, trx), trx);
      const { tellAfterMs: afterMs } = deps.times;
      await deps.store.milestones.add(sessionId, next.keys, { trx, afterMs });
      const interactive = STANDING[next.phase] === 'needs-you';
      await enqueue('relay-from-devin', { sessionId }, { trx, interactive });
      if (current.nextLookAt !== null && next.changes.nextPoll === null) {
        // Under its own key: other jobs for the session may be due sooner.
        const later = { key: `${sessionId}:last`, startAfterMs: deps.times.lastReadMs };
        await enqueue('relay-from-devin', { sessionId }, { trx, ...later });
      }
      if (next.keys.length > 0) {
        await enqueue('post-waiting', { sessionId }, { trx, startAfterMs: afterMs, interactive });
      }
      if (current.phase === 'gone' || !sameFacts(current.snapshot, snapshot))
        await showOnCard(current.requestId, { trx, interactive });
      return true;
    });
  }

  async function showOnCard(
    requestId: string,
    how: { trx: Transaction<Tables>; interactive?: boolean },
  ): Promise<void> {
    await enqueue('show', { key: cardKey(requestId) }, how);
  }

  return {
    /** Records a poll of `row`. False if the row changed since the poll began: the result may be older. */
    async recordPoll(row: SessionRow, snapshot: SessionSnapshot): Promise<boolean> {
      return record(row.sessionId, (current) =>
        isDeepStrictEqual(current.snapshot, row.snapshot) ? snapshot : null,
      );
    },

    /** Records Devin's answer to a message, a stop or an archive. */
    async answer(snapshot: SessionSnapshot): Promise<boolean> {
      return record(snapshot.sessionId, ({ snapshot: earlier }) =>
        isStale(snapshot, earlier) ? null : withUnsaid(snapshot, earlier),
      );
    },

    /** Devin doesn't find it: its card says so once, and it's rarely polled. */
    async gone(sessionId: string): Promise<void> {
      await db.transaction().execute(async (trx) => {
        const current = await sessions.lock(sessionId, trx);
        if (current === null) return;
        const { status } = current.snapshot;
        const at = new Date(now());
        const isNews = current.phase !== 'gone';
        const quietMs = isNews ? 0 : now() - current.phaseAt.getTime();
        const next = nextPollOf(deps, { phase: 'gone', status, quietMs });
        if (!isNews) return sessions.change(sessionId, { nextPoll: next }, trx);
        await sessions.change(sessionId, { phase: 'gone', phaseAt: at, nextPoll: next }, trx);
        await budget.follow(sessionId, { isOpen: false }, trx);
        await showOnCard(current.requestId, { trx });
      });
    },
  };
}

function nextPollOf({ random, times }: RecordDeps, watched: Watched): NextPoll {
  const intervalMs = pollInterval(watched, times.fastestMs);
  if (intervalMs === null) return null;
  return { inMs: jittered(intervalMs, random()), first: goesFirst(watched) };
}

function outcome(
  deps: RecordDeps,
  current: SessionRow,
  snapshot: SessionSnapshot,
): { changes: SessionChanges; keys: readonly string[]; phase: SessionPhase } {
  const at = new Date(deps.now());
  const { told, wasFinished: finishedBefore } = current;
  const before = { told, phase: knownPhase(current), wasFinished: finishedBefore };
  const { keys, phase, wasFinished } = progress(before, snapshot);
  const wakes = STANDING[before.phase] === 'earlier' && STANDING[phase] !== 'earlier';
  return {
    keys,
    phase,
    changes: {
      snapshot,
      url: snapshot.url,
      phase,
      ...(phase !== current.phase && { phaseAt: at }),
      wasFinished,
      // Who archives it after that isn't known, unless they do it here.
      ...(current.snapshot.isArchived && (wakes || !snapshot.isArchived) && { archivedBy: null }),
      changedAt: at,
      nextPoll: nextPollOf(deps, { phase, status: snapshot.status, quietMs: 0 }),
      ...(keys.length > 0 && { told: [...told, ...keys] }),
    },
  };
}

/** Its phase; if it's gone, the last one before. */
function knownPhase({ phase, wasFinished, snapshot }: SessionRow): SessionPhase {
  return phase === 'gone' ? sessionPhase(snapshot, wasFinished) : phase;
}

/**
 * With what only reads say. A session that stays suspended is so for the same reason; otherwise the detail starts afresh.
 * https://docs.devin.ai/api-reference/v3/sessions/post-organizations-sessions-messages
 */
function withUnsaid(answer: SessionSnapshot, earlier: SessionSnapshot): SessionSnapshot {
  const staysSuspended = answer.status === 'suspended' && earlier.status === 'suspended';
  return {
    ...answer,
    statusDetail: answer.statusDetail ?? (staysSuspended ? earlier.statusDetail : null),
    structuredOutput: answer.structuredOutput ?? earlier.structuredOutput,
    category: answer.category ?? earlier.category,
    subcategory: answer.subcategory ?? earlier.subcategory,
  };
}

/** A poll was quicker than the answer. Within a second, Devin's times don't show which is newer: the end is. */
function isStale(answer: SessionSnapshot, recorded: SessionSnapshot): boolean {
  if (answer.updatedAt !== recorded.updatedAt) return answer.updatedAt < recorded.updatedAt;
  return isClosed(recorded) && !isClosed(answer);
}

/** `updatedAt` isn't shown anywhere. */
function sameFacts(before: SessionSnapshot, after: SessionSnapshot): boolean {
  return isDeepStrictEqual({ ...before, updatedAt: 0 }, { ...after, updatedAt: 0 });
}
