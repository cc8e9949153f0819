import type { Kysely, Transaction } from 'kysely';
import { lateLookInterval } from '../session/late-looks.ts';
import { isOpen } from '../session/request.ts';
import type { RequestState } from '../session/request.ts';
import type { LostAnswer, LostAnswers } from '../store/lost-answers.ts';
import type { Milestones } from '../store/milestones.ts';
import type { RequestChanges, SessionRequest } from '../store/request-row.ts';
import type { Requests, Step } from '../store/requests.ts';
import type { NewSession, Sessions } from '../store/sessions.ts';
import type { Tables } from '../store/tables.ts';
import type { Notice } from './payloads.ts';
import type { Enqueue } from './queue.ts';

/** What has to happen because of a transition; it is enqueued in the transition's own transaction. */
export type Consequences = {
  /** The card shows something new. */
  card?: boolean;
  /** The person is told privately. */
  tell?: Notice;
  /** With what is to be told of it, if anything. */
  session?: NewSession;
  /** The request has work to do again. */
  run?: boolean;
};

export type Transitions = ReturnType<typeof createTransitions>;

type TransitionDeps = {
  db: Kysely<Tables>;
  requests: Requests;
  sessions: Pick<Sessions, 'bind'>;
  milestones: Pick<Milestones, 'add'>;
  lostAnswers: Pick<LostAnswers, 'add' | 'found'>;
  enqueue: Enqueue;
  /** Told after each commit. */
  onMoved: (state: RequestState) => void;
  now: () => number;
};

export function createTransitions(deps: TransitionDeps) {
  const { db, requests, enqueue, onMoved } = deps;

  /** One transaction; null when the request is no longer in `from`. */
  async function move(
    step: Step,
    { card, tell, session, run }: Consequences = {},
  ): Promise<SessionRequest | null> {
    const moved = await db.transaction().execute(async (trx) => {
      const changes = { ...step.changes, ...(card === true && { card_stale: true }) };
      const moved = await requests.advance({ ...step, changes }, trx);
      if (moved === null) return null;
      if (step.to === 'unknown') await deps.lostAnswers.add(lostAnswer(moved, deps.now()), trx);
      if (session !== undefined) await bind(deps, { step, session }, trx);
      if (card === true) await enqueue('update-card', { requestId: step.id }, { trx, key: step.id });
      if (tell !== undefined) await enqueue('tell-person', { requestId: step.id, notice: tell }, { trx });
      if (run === true) await enqueue('create-session', { requestId: step.id }, { trx, key: step.id });
      return moved;
    });
    if (moved !== null && step.from !== step.to) onMoved(step.to);
    return moved;
  }

  return {
    move,
    /** Changes something without leaving the state. */
    async stay(request: SessionRequest, changes: RequestChanges, then: Consequences = {}) {
      return move({ id: request.id, from: request.state, to: request.state, changes }, then);
    },
  };
}

/** Given up: from here on the watcher looks for its session. */
function lostAnswer(request: SessionRequest, nowMs: number): LostAnswer {
  return {
    request_id: request.id,
    sent_at: request.sent_at ?? request.created_at,
    lost_at: new Date(nowMs),
    next_look_at: new Date(nowMs + (lateLookInterval(0) ?? 0)),
  };
}

async function bind(
  { sessions, milestones, lostAnswers, enqueue }: TransitionDeps,
  { step, session }: { step: Step; session: NewSession },
  trx: Transaction<Tables>,
): Promise<void> {
  const { sessionId, told = [] } = session;
  await sessions.bind(session, trx);
  // Of a request that was over, it is one whose answer had been lost.
  if (!isOpen(step.from)) await lostAnswers.found(step.id, trx);
  if (told.length === 0) return;
  await milestones.add(sessionId, told, trx);
  await enqueue('tell-milestones', { sessionId }, { trx, key: sessionId });
}
