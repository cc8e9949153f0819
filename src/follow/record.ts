import { isDeepStrictEqual } from 'node:util';
import type { Kysely, Transaction } from 'kysely';
import type { SessionResponse } from '../devin/schemas.ts';
import type { Enqueue } from '../queue/index.ts';
import {
  finishedSoFar,
  goesFirst,
  jittered,
  lookInterval,
  sessionPhase,
  STANDING,
} from '../session/lifecycle.ts';
import type { SessionPhase, Watched } from '../session/lifecycle.ts';
import { milestones } from '../session/milestones.ts';
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

  /** What `answerOf` makes of the row as it is now; null: the row knows better. */
  async function record(
    sessionId: string,
    answerOf: (current: SessionRow) => SessionResponse | null,
  ): Promise<boolean> {
    return db.transaction().execute(async (trx) => {
      const current = await sessions.lock(sessionId, trx);
      const response = current === null ? null : answerOf(current);
      if (current === null || response === null) return false;
      const next = outcome(deps, current, response);
      await sessions.change(sessionId, next.changes, trx);
      await ledger.follow(sessionId, spent(next.phase, response), trx);
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
      if (current.phase === 'gone' || !sameFacts(current.response, response))
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
    async look(row: SessionRow, response: SessionResponse): Promise<boolean> {
      return record(row.sessionId, (current) =>
        isDeepStrictEqual(current.response, row.response) ? response : null,
      );
    },

    /**
     * Devin's answer to something that was done to a session. It leaves out what only a look tells: the output
     * stays as it was, and the detail of the status starts afresh.
     */
    async answer(response: SessionResponse): Promise<boolean> {
      return record(response.session_id, ({ response: earlier }) => ({
        ...response,
        structured_output: response.structured_output ?? outputOf(earlier),
      }));
    },

    /** Devin does not know it: its card says so once, and it is hardly ever looked at. */
    async gone(sessionId: string): Promise<void> {
      await db.transaction().execute(async (trx) => {
        const current = await sessions.lock(sessionId, trx);
        if (current === null) return;
        const { response } = current;
        const at = new Date(now());
        const isNews = current.phase !== 'gone';
        const quietMs = isNews ? 0 : now() - current.phaseAt.getTime();
        const next = nextLookOf(deps, { phase: 'gone', status: String(response['status']), quietMs });
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
  response: SessionResponse,
): { changes: SessionChanges; keys: readonly string[]; phase: SessionPhase } {
  const at = new Date(deps.now());
  const phase = sessionPhase(
    { status: response.status, statusDetail: response.status_detail },
    current.wasFinished,
  );
  const after = {
    phase,
    wasFinished: finishedSoFar(phase, current.wasFinished),
    pullRequests: response.pull_requests.map(({ pr_url: url }) => url),
  };
  const before = { phase: knownPhase(current), wasFinished: current.wasFinished, pullRequests: [] };
  const keys = milestones(current.told, before, after);
  return {
    keys,
    phase,
    changes: {
      response,
      url: response.url,
      phase,
      ...(phase !== current.phase && { phaseAt: at }),
      wasFinished: after.wasFinished,
      changedAt: at,
      nextLook: nextLookOf(deps, { phase, status: response.status, quietMs: 0 }),
      ...(keys.length > 0 && { told: [...current.told, ...keys] }),
    },
  };
}

/** What a session that rests may still use no longer counts; woken, it counts again. */
function spent(phase: SessionPhase, { acus_consumed: consumed }: SessionResponse) {
  return { consumed, isOpen: STANDING[phase] !== 'earlier' };
}

/** The one it was in while Devin knew it. */
function knownPhase({ phase, wasFinished, response }: SessionRow): SessionPhase {
  if (phase !== 'gone') return phase;
  const { status, status_detail: detail } = response;
  return sessionPhase(
    { status: String(status), statusDetail: typeof detail === 'string' ? detail : null },
    wasFinished,
  );
}

/** `updated_at` is not shown to anybody. */
function sameFacts(before: object, after: object): boolean {
  return isDeepStrictEqual({ ...before, updated_at: null }, { ...after, updated_at: null });
}

function outputOf({ structured_output: output }: SessionRow['response']): Record<string, unknown> | null {
  return typeof output === 'object' && output !== null ? { ...output } : null;
}
