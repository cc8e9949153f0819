import type { Kysely, Transaction } from 'kysely';
import type { Enqueue, Lease, Notice } from '../queue/index.ts';
import { isOpen, type RequestState } from '../session/request.ts';
import { appendAudit, requestEntries } from '../store/audit.ts';
import type { Cards } from '../store/cards.ts';
import type { Ledger } from '../store/ledger.ts';
import type { Milestones } from '../store/milestones.ts';
import { cardThread, type SessionRequest } from '../store/request-row.ts';
import type { Requests, Step } from '../store/requests.ts';
import { SessionTakenError, type NewSession, type SessionRow, type Sessions } from '../store/sessions.ts';
import type { Tables } from '../store/tables.ts';
import type { UnconfirmedCreate, UnconfirmedCreates } from '../store/unconfirmed-creates.ts';
import { alertOwners, type Reservation } from '../trust/index.ts';
import { sentSince } from './find-session.ts';

/** What follows from a transition; enqueued in the transition's own transaction. */
type Consequences = {
  /** The card shows something new. */
  card?: boolean;
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
  /** An older request that moves with it, locked; null: nothing changes. */
  alongside?: (trx: Transaction<Tables>) => Promise<Move | null>;
};

/** `session`: if it was bound just now. */
type Moved = { request: SessionRequest; session: SessionRow | null };
type Made = Moved & { step: Step };

export type Then = Consequences | ((moved: SessionRequest) => Consequences);

export type Move = { step: Step; consequences: Then; lease?: Lease };

export type Transitions = ReturnType<typeof createTransitions>;

type TransitionDeps = {
  db: Kysely<Tables>;
  requests: Requests;
  cards: Pick<Cards, 'markStale'>;
  sessions: Pick<Sessions, 'bind'>;
  milestones: Pick<Milestones, 'add'>;
  unconfirmedCreates: Pick<UnconfirmedCreates, 'add' | 'found'>;
  ledger: Pick<Ledger, 'reserve' | 'release' | 'bind'>;
  enqueue: Enqueue;
  /** Called after each commit. */
  onMoved: (state: RequestState) => void;
  now: () => number;
};

export function createTransitions(deps: TransitionDeps) {
  const { db, requests, cards, enqueue, onMoved } = deps;

  /**
   * One transaction; null: the request is no longer in `from`, or the session is another's. `then`: what follows, which may
   * depend on the locked row.
   */
  async function move(
    step: Step,
    then: Then = {},
    { lease, onlyIf, alongside }: Conditions = {},
  ): Promise<Moved | null> {
    const move = { step, consequences: then, ...(lease !== undefined && { lease }) };
    return moveAll(async (trx) => {
      if (onlyIf !== undefined && !(await onlyIf(trx))) return [];
      if (alongside === undefined) return [move];
      const other = await alongside(trx);
      return other === null ? [] : [move, other];
    });
  }

  /** Moves it as the locked row demands; null: it stays as it is. */
  async function moveLocked(id: string, plan: (locked: SessionRequest) => Move | null): Promise<boolean> {
    const moved = await moveAll(async (trx) => {
      const locked = await requests.lock(id, trx);
      const planned = locked === null ? null : plan(locked);
      return planned === null ? [] : [planned];
    });
    return moved !== null;
  }

  /** All or none, by the first, which is returned. The audit comes last: it makes others wait. */
  async function moveAll(
    plan: (trx: Transaction<Tables>) => Promise<readonly Move[]>,
  ): Promise<Moved | null> {
    const moving = db.transaction().execute(async (trx) => {
      const made: Made[] = [];
      for (const move of await plan(trx)) {
        const moved = await moveIn(trx, move);
        if (moved === null) break;
        made.push({ ...moved, step: move.step });
      }
      await appendAudit(
        // What Devin refused is recorded as if it had not been sent.
        made.flatMap(({ step: { unsent, undecided, from }, request }) =>
          undecided === true ? [] : requestEntries(unsent === true ? 'attached' : from, request),
        ),
        trx,
      );
      return made;
    });
    const done = await moving.catch(noneIfTaken);
    for (const { step } of done) if (step.from !== step.to) onMoved(step.to);
    return done[0] ?? null;
  }

  async function moveIn(
    trx: Transaction<Tables>,
    { step, consequences, lease }: Move,
  ): Promise<Moved | null> {
    const showsOnCard = typeof consequences !== 'function' && consequences.card === true;
    const changes = { ...step.changes, ...(showsOnCard && { cardStale: true }) };
    const moved = await requests.advance({ ...step, changes }, trx);
    if (moved === null) return null;
    if (lease !== undefined) await (isOpen(step.to) ? lease.fence(trx) : lease.end(trx));
    const follows = typeof consequences === 'function' ? consequences(moved) : consequences;
    const { card, tell, outcome, session, run, reserve: reservation } = follows;
    if (reservation !== undefined) await reserve(deps, { moved, reservation }, trx);
    if (step.unsent === true) await deps.ledger.release(step.id, trx);
    else if (step.from === 'sending' && step.to === 'unknown')
      await deps.unconfirmedCreates.add(unconfirmedCreate(moved, deps.now()), trx);
    const bound = session === undefined ? null : await bind(deps, { step, session, moved }, trx);
    if (card === true && !showsOnCard) await cards.markStale(step.id, trx);
    // The URL of a new session, or that there is none, goes before everything else.
    const interactive = !isOpen(step.to);
    if (card === true) await enqueue('update-card', { requestId: step.id }, { trx, interactive });
    if (tell !== undefined) await enqueue('tell-person', { requestId: step.id, notice: tell }, { trx });
    if (outcome === true) await enqueue('tell-outcome', { requestId: step.id }, { trx });
    if (run === true) await enqueue('create-session', { requestId: step.id }, { trx });
    if ([step.from, step.to].includes('awaiting-approval'))
      await enqueue('tell-approvers', { requestId: step.id }, { trx });
    return { request: moved, session: bound };
  }

  return { move, moveLocked };
}

function noneIfTaken(error: unknown): Made[] {
  if (error instanceof SessionTakenError) return [];
  throw error;
}

type Reserving = { moved: SessionRequest; reservation: Reservation };

async function reserve(
  { ledger, enqueue }: TransitionDeps,
  { moved, reservation: { at, alerts } }: Reserving,
  trx: Transaction<Tables>,
): Promise<void> {
  await ledger.reserve({ ...spending(moved), at }, trx);
  await alertOwners(enqueue, alerts, trx);
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

async function bind(
  { sessions, milestones, unconfirmedCreates, ledger, enqueue }: TransitionDeps,
  { step, session, moved }: { step: Step; session: BoundSession; moved: SessionRequest },
  trx: Transaction<Tables>,
): Promise<SessionRow> {
  const { sessionId, told = [], snapshot } = session;
  const bound = await sessions.bind({ ...session, ...threadOf(moved) }, trx);
  // It isn't the answer to a POST, but the session of an attempt that wasn't confirmed.
  const late = step.from !== 'sending';
  if (late) await unconfirmedCreates.found(step.id, trx);
  await ledger.bind({ ...spending(moved), sessionId, consumed: snapshot.acusConsumed, late }, trx);
  if (told.length > 0) {
    await milestones.add(sessionId, told, { trx });
    await enqueue('tell-milestones', { sessionId }, { trx });
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

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
export const LONGEST_RECHECK_MS = HOUR_MS;

/**
 * How long until the next search for a session whose creation was not confirmed, in ms, `sinceMs` after it was given up;
 * null: never. Devin's list may lag, and a slow creation may end later.
 */
export function recheckInterval(sinceMs: number): number | null {
  if (sinceMs >= DAY_MS) return null;
  return Math.min(LONGEST_RECHECK_MS, Math.max(MINUTE_MS, sinceMs / 2));
}
