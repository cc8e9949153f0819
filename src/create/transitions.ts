import type { Transaction } from 'kysely';
import type { Enqueue, Lease, Notice } from '../queue/index.ts';
import { outcomeKey } from '../reconcile/index.ts';
import type { Identity } from '../session/identity.ts';
import { EARLY_CARD_MS, isOpen, isPending, type RequestState } from '../session/request.ts';
import { appendAudit, requestEntries, type AuditEntry } from '../store/audit.ts';
import { cardThread, type SessionRequest } from '../store/request-row.ts';
import type { Step } from '../store/requests.ts';
import { SessionTakenError, type NewSession, type SessionRow } from '../store/sessions.ts';
import { cardKey, shownKey } from '../store/shown.ts';
import type { StoreParts } from '../store/store.ts';
import type { Tables } from '../store/tables.ts';
import type { UnconfirmedCreate } from '../store/unconfirmed-creates.ts';
import type { Reservation } from '../trust/index.ts';
import { recheckInterval, sentSince } from './find-session.ts';

/** What follows from a transition; enqueued in the transition's own transaction. */
type Consequences = {
  /** The card shows something new. `soon`: unless this process shows it first, once there is a URL. */
  card?: 'now' | 'soon';
  /** The person is told privately. */
  tell?: Notice;
  /** The person is notified under the card. */
  outcome?: boolean;
  /** With its first milestones, if any. */
  session?: BoundSession;
  /** The request has work to do again. */
  run?: boolean;
  /** It's about to be sent: what it may use counts from here on. */
  reserve?: Reservation;
};

/** The thread is the one of the card, which may have moved. */
type BoundSession = Omit<NewSession, 'teamId' | 'channelId' | 'threadTs'>;

export type Conditions = {
  /** Of the process that works on the request. Throws a LeaseLostError if another has taken over. */
  lease?: Lease;
  /** Checked first; false: nothing changes. */
  onlyIf?: (trx: Transaction<Tables>) => Promise<boolean>;
};

/** What is known of an earlier attempt whose answer was lost; `sentAt` is null if there was none. */
export type Earlier = { sentAt: Date | null; identity?: Identity | null };

/** Where a request goes from the state in which it was read. */
export type Onward = Pick<Step, 'to' | 'changes' | 'expiresInMs'> & {
  /** It was sent, and Devin did nothing, or was never reached: this holds again. */
  earlier?: Earlier;
  effects?: Effects;
};

export type Move = Onward & { request: SessionRequest };

/** `session`: if it was bound just now. */
type Moved = { request: SessionRequest; session: SessionRow | null };

export type Effects = Consequences | ((moved: SessionRequest) => Consequences);

export type Transitions = ReturnType<typeof createTransitions>;

type TransitionDeps = {
  store: StoreParts<{
    db: 'transaction';
    requests: 'lock' | 'advance';
    sessions: 'bind' | 'besides';
    replies: 'adopt';
    messages: 'addMilestones';
    unconfirmedCreates: 'add' | 'found';
    ledger: 'reserve' | 'release' | 'bind';
    envelopes: 'withoutSecrets';
  }>;
  enqueue: Enqueue;
  /** Called with each new state, after the commit. */
  onMoved: (state: RequestState) => void;
  now: () => number;
};

export function createTransitions(deps: TransitionDeps) {
  const { db, requests } = deps.store;
  const { enqueue, onMoved } = deps;

  /** One transaction; null: the request is no longer in that state, or the session is another's. */
  async function move(move: Move, { lease, onlyIf }: Conditions = {}): Promise<Moved | null> {
    return movePlanned(async (trx) => (onlyIf === undefined || (await onlyIf(trx)) ? move : null), lease);
  }

  /** Moves it as the locked row demands; null: it stays as it is. */
  async function moveLocked(id: string, plan: (locked: SessionRequest) => Onward | null): Promise<boolean> {
    const moved = await movePlanned(async (trx) => {
      const request = await requests.lock(id, trx);
      const planned = request === null ? null : plan(request);
      return request === null || planned === null ? null : { ...planned, request };
    });
    return moved !== null;
  }

  /** The audit comes last: it makes others wait. */
  async function movePlanned(
    plan: (trx: Transaction<Tables>) => Promise<Move | null>,
    lease?: Lease,
  ): Promise<Moved | null> {
    const moving = db.transaction().execute(async (trx) => {
      const move = await plan(trx);
      const moved = move === null ? null : await moveIn(trx, move, lease);
      if (move === null || moved === null) return null;
      const from = move.request.state;
      await appendAudit(entriesOf(move, moved), trx);
      return { moved, from };
    });
    const done = await moving.catch(nullIfTaken);
    if (done === null) return null;
    if (done.from !== done.moved.request.state) onMoved(done.moved.request.state);
    return done.moved;
  }

  async function moveIn(trx: Transaction<Tables>, move: Move, lease?: Lease): Promise<Moved | null> {
    const { effects = {}, earlier } = move;
    const step = stepOf(deps, move);
    const moved = await requests.advance(step, trx);
    if (moved === null) return null;
    const [{ id, from }, { state }] = [step, moved];
    if (lease !== undefined) await (isOpen(state) ? lease.fence(trx) : lease.end(trx));
    const follows = typeof effects === 'function' ? effects(moved) : effects;
    const { card, tell, outcome, session, run, reserve: reservation } = follows;
    if (reservation !== undefined)
      await deps.store.ledger.reserve({ ...spending(moved), ...reservation }, trx);
    if (earlier !== undefined) await deps.store.ledger.release(id, trx);
    else if (from === 'sending' && state === 'unknown')
      await deps.store.unconfirmedCreates.add(unconfirmedCreate(moved, deps.now()), trx);
    const bound = session === undefined ? null : await bind(deps, { from, session, moved }, trx);
    // The URL of a new session, or that there is none, goes before everything else.
    const when = card === 'soon' ? { startAfterMs: EARLY_CARD_MS } : { interactive: !isOpen(state) };
    if (card !== undefined) await enqueue('show', { key: cardKey(id) }, { trx, ...when });
    if (tell !== undefined) await enqueue('tell-person', { requestId: id, notice: tell }, { trx });
    // What people said to it comes back to them.
    if (state === 'failed' || state === 'refused')
      await enqueue('relay-to-devin', { sessionId: id }, { trx });
    if (outcome === true) await enqueue('show', { key: outcomeKey(moved) }, { trx });
    // What was said about an attempt that wasn't confirmed is over.
    if (from === 'unknown') await enqueue('show', { key: outcomeKey(move.request) }, { trx });
    if (run === true) await enqueue('create-session', { requestId: id }, { trx });
    // Approvers also see if nothing starts after all.
    if (from === 'awaiting-approval' || (moved.approvals.length > 0 && !isOpen(state)))
      await enqueue('show', { key: shownKey('approvals', id) }, { trx });
    return { request: moved, session: bound };
  }

  return { move, moveLocked };
}

/**
 * Once a request has ended or has its session, its session secrets are erased. If an earlier attempt may have started a
 * session, it doesn't end: it is `unknown` again, and keeps what it needs to be started anyway.
 */
function stepOf(
  { store: { envelopes } }: Pick<TransitionDeps, 'store'>,
  { request, to, changes, earlier, expiresInMs }: Move,
): Step {
  const { id, state: from, sealed } = request;
  const { sentAt } = earlier ?? request;
  const mayHaveSession = (to === 'failed' || to === 'refused') && sentAt !== null;
  const isOver = !isPending(to) && to !== 'unknown' && !mayHaveSession;
  return {
    id,
    from,
    to: mayHaveSession ? 'unknown' : to,
    changes: {
      // What it waited for no longer holds it up.
      waiting: null,
      ...changes,
      ...earlier,
      ...(isOver && { sealed: envelopes.withoutSecrets(id, sealed) }),
    },
    ...(expiresInMs !== undefined && { expiresInMs }),
  };
}

/** What Devin refused is recorded as if it had not been sent. */
function entriesOf({ request: before, earlier }: Move, { request }: Moved): AuditEntry[] {
  return requestEntries(earlier === undefined ? before.state : 'attached', request);
}

function nullIfTaken(error: unknown): null {
  if (error instanceof SessionTakenError) return null;
  throw error;
}

/** What a request counts for under the ceilings. */
export function spending({ id: requestId, teamId, userId, channelId, draft }: SessionRequest) {
  return { requestId, teamId, userId, channelId, cap: draft.values.max_acu_limit ?? null };
}

/** Given up: from here on the watcher searches for its session. */
function unconfirmedCreate(request: SessionRequest, nowMs: number): UnconfirmedCreate {
  return {
    requestId: request.id,
    sentAt: sentSince(request),
    identity: request.identity,
    lostAt: new Date(nowMs),
    nextLookAt: new Date(nowMs + (recheckInterval(0) ?? 0)),
  };
}

const POLLED_FIRST_MS = 3000;

async function bind(
  { store: { sessions, replies, messages, unconfirmedCreates, ledger }, enqueue }: TransitionDeps,
  { from, session, moved }: { from: RequestState; session: BoundSession; moved: SessionRequest },
  trx: Transaction<Tables>,
): Promise<SessionRow> {
  const { sessionId, told = [], snapshot } = session;
  const bound = await sessions.bind({ ...session, ...threadOf(moved) }, trx);
  // What people said while it was starting.
  if (await replies.adopt(moved.id, sessionId, trx)) await enqueue('relay-to-devin', { sessionId }, { trx });
  // What is said in its thread goes to this one now.
  for (const other of await sessions.besides(bound, trx))
    await enqueue('show', { key: cardKey(other) }, { trx });
  // It isn't the answer to a POST, but the session of an attempt that wasn't confirmed.
  const late = from !== 'sending';
  if (late) await unconfirmedCreates.found(moved.id, trx);
  await ledger.bind({ ...spending(moved), sessionId, consumed: snapshot.acusConsumed, late }, trx);
  if (told.length > 0) {
    await messages.addMilestones(sessionId, told, trx);
    // Its status is polled first, so that a question calls the requester with Devin's words.
    await enqueue('relay-from-devin', { sessionId }, { trx, startAfterMs: POLLED_FIRST_MS });
  }
  return bound;
}

/** The thread in which a session is followed: its card's, or the one under the card; '' until that is posted. */
function threadOf(request: SessionRequest): { teamId: string; channelId: string; threadTs: string } {
  return {
    teamId: request.teamId,
    channelId: request.cardChannelId ?? request.channelId,
    threadTs: cardThread(request) ?? request.cardTs ?? '',
  };
}
