import { isDeepStrictEqual } from 'node:util';
import type { Kysely, Transaction } from 'kysely';
import type { Enqueue } from '../queue/index.ts';
import { goesFirst, jittered, lookInterval, sessionPhase, STANDING } from '../session/lifecycle.ts';
import type { SessionPhase, Watched } from '../session/lifecycle.ts';
import { progress } from '../session/milestones.ts';
import type { SessionSnapshot } from '../session/snapshot.ts';
import type { Cards } from '../store/cards.ts';
import type { Ledger } from '../store/ledger.ts';
import type { Milestones } from '../store/milestones.ts';
import type { NextLook, SessionChanges, SessionRow, Sessions } from '../store/sessions.ts';
import type { Tables } from '../store/tables.ts';

type RecordDeps = {
  db: Kysely<Tables>;
  sessions: Sessions;
  milestones: Milestones;
  cards: Pick<Cards, 'markStale'>;
  ledger: Pick<Ledger, 'follow'>;
  enqueue: Enqueue;
  times: {
    /** How often what moves is looked at. */
    fastestMs: number;
    /** Messages are fetched and posted first; if that does not come to an end, milestones are told all the same. */
    tellAfterMs: number;
    /** What Devin says last may be there to read only so long after it says that a session is over. */
    lastLookMs: number;
  };
  now: () => number;
  random: () => number;
};

export type Recorder = ReturnType<typeof createRecorder>;

/** Writes down what Devin says about a session, with everything that has to happen because of it: one transaction. */
export function createRecorder(deps: RecordDeps) {
  const { db, sessions, cards, ledger, enqueue, now } = deps;

  /** What `snapshotOf` makes of the row as it is now; null: the row knows better. */
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
      await ledger.follow(sessionId, spent(next.phase, snapshot), trx);
      await deps.milestones.add(sessionId, next.keys, trx);
      await enqueue('relay-from-devin', { sessionId }, { trx, key: sessionId });
      if (current.nextLookAt !== null && next.changes.nextLook === null) await readOnceMore(sessionId, trx);
      if (next.keys.length > 0) {
        await enqueue(
          'tell-milestones',
          { sessionId },
          { trx, key: sessionId, startAfterMs: deps.times.tellAfterMs },
        );
      }
      if (current.phase === 'gone' || !sameFacts(current.snapshot, snapshot))
        await showOnCard(current.requestId, trx);
      return true;
    });
  }

  /** Under a key of its own: what else is put off for the session may be due sooner. */
  async function readOnceMore(sessionId: string, trx: Transaction<Tables>): Promise<void> {
    const later = { key: `${sessionId}:last`, startAfterMs: deps.times.lastLookMs };
    await enqueue('relay-from-devin', { sessionId }, { trx, ...later });
  }

  async function showOnCard(requestId: string, trx: Transaction<Tables>): Promise<void> {
    await cards.markStale(requestId, trx);
    await enqueue('update-card', { requestId }, { trx, key: requestId });
  }

  return {
    /** Records a poll of `row`. False if the row changed since the poll began: the result may be older. */
    async look(row: SessionRow, snapshot: SessionSnapshot): Promise<boolean> {
      return record(row.sessionId, (current) =>
        isDeepStrictEqual(current.snapshot, row.snapshot) ? snapshot : null,
      );
    },

    /**
     * Devin's answer to something that was done to a session. It leaves out what only a look tells: the output
     * stays as it was, and the detail of the status starts afresh.
     */
    async answer(snapshot: SessionSnapshot): Promise<boolean> {
      return record(snapshot.sessionId, ({ snapshot: earlier }) => ({
        ...snapshot,
        structuredOutput: snapshot.structuredOutput ?? earlier.structuredOutput,
      }));
    },

    /** Devin does not know it: its card says so once, and it is hardly ever looked at. */
    async gone(sessionId: string): Promise<void> {
      await db.transaction().execute(async (trx) => {
        const current = await sessions.lock(sessionId, trx);
        if (current === null) return;
        const { status } = current.snapshot;
        const at = new Date(now());
        const isNews = current.phase !== 'gone';
        const quietMs = isNews ? 0 : now() - current.phaseAt.getTime();
        const next = nextLookOf(deps, { phase: 'gone', status, quietMs });
        if (!isNews) return sessions.change(sessionId, { nextLook: next }, trx);
        await sessions.change(sessionId, { phase: 'gone', phaseAt: at, nextLook: next }, trx);
        await ledger.follow(sessionId, { isOpen: false }, trx);
        await showOnCard(current.requestId, trx);
      });
    },
  };
}

function nextLookOf({ random, times }: RecordDeps, watched: Watched): NextLook {
  const intervalMs = lookInterval(watched, times.fastestMs);
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
  return {
    keys,
    phase,
    changes: {
      snapshot,
      url: snapshot.url,
      phase,
      ...(phase !== current.phase && { phaseAt: at }),
      wasFinished,
      changedAt: at,
      nextLook: nextLookOf(deps, { phase, status: snapshot.status, quietMs: 0 }),
      ...(keys.length > 0 && { told: [...told, ...keys] }),
    },
  };
}

/** What a session that rests may still use no longer counts; woken, it counts again. */
function spent(phase: SessionPhase, { acusConsumed: consumed }: SessionSnapshot) {
  return { consumed, isOpen: STANDING[phase] !== 'earlier' };
}

/** The one it was in while Devin knew it. */
function knownPhase({ phase, wasFinished, snapshot }: SessionRow): SessionPhase {
  return phase === 'gone' ? sessionPhase(snapshot, wasFinished) : phase;
}

/** `updatedAt` is not shown to anybody. */
function sameFacts(before: SessionSnapshot, after: SessionSnapshot): boolean {
  return isDeepStrictEqual({ ...before, updatedAt: 0 }, { ...after, updatedAt: 0 });
}
