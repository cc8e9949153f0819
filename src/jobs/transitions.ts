import type { Kysely } from 'kysely';
import type { RequestState } from '../session/request.ts';
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
  session?: NewSession;
  /** The request has work to do again. */
  run?: boolean;
};

export type Transitions = ReturnType<typeof createTransitions>;

type TransitionDeps = {
  db: Kysely<Tables>;
  requests: Requests;
  sessions: Sessions;
  enqueue: Enqueue;
  /** Told after each commit. */
  onMoved: (state: RequestState) => void;
};

export function createTransitions({ db, requests, sessions, enqueue, onMoved }: TransitionDeps) {
  /** One transaction; null when the request is no longer in `from`. */
  async function move(
    step: Step,
    { card, tell, session, run }: Consequences = {},
  ): Promise<SessionRequest | null> {
    const moved = await db.transaction().execute(async (trx) => {
      const changes = { ...step.changes, ...(card === true && { card_stale: true }) };
      const moved = await requests.advance({ ...step, changes }, trx);
      if (moved === null) return null;
      if (session !== undefined) await sessions.bind(session, trx);
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
