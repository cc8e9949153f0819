import type { Kysely } from 'kysely';
import { DevinError } from '../devin/errors.ts';
import type { Log } from '../log.ts';
import type { Enqueue, SearchUntilFound } from '../queue/index.ts';
import { twiceKey } from '../session/milestones.ts';
import { isOpen } from '../session/request.ts';
import type { SessionSnapshot } from '../session/snapshot.ts';
import { appendAudit, subjectOf } from '../store/audit.ts';
import type { Ledger } from '../store/ledger.ts';
import type { LostAnswer, LostAnswers } from '../store/lost-answers.ts';
import type { Milestones } from '../store/milestones.ts';
import type { SessionRequest } from '../store/request-row.ts';
import type { Requests } from '../store/requests.ts';
import type { Sessions } from '../store/sessions.ts';
import type { Tables } from '../store/tables.ts';
import type { FindSession, FindSessions } from './find-session.ts';
import type { Adopt } from './send.ts';
import { nextOrLeave } from './step.ts';
import type { CreateStep } from './step.ts';
import { lateLookInterval } from './transitions.ts';
import type { Transitions } from './transitions.ts';

type SettleDeps = {
  findSession: FindSession;
  adopt: Adopt;
  transitions: Transitions;
  searchUntilFound: SearchUntilFound;
};

/**
 * sending -> created or unknown: the answer to a POST was lost, and repeating it might pay for a second session.
 * So Devin's list is looked through; what is not found is said to be unknown, and a person decides.
 */
export function createSettleStep(deps: SettleDeps): CreateStep {
  const { findSession, adopt, transitions, searchUntilFound } = deps;

  return async (run) => {
    const { request, lease, signal } = run;
    await transitions.stay(run, { waiting: 'looking' }, { card: true });
    const found = await searchUntilFound(async () => findSession(request), signal);
    if (found.kind === 'stopped') return { kind: 'leave' };
    if (found.kind === 'found') return adopt(request, found.value, { lease });
    const { id } = request;
    const changes = { waiting: null };
    return nextOrLeave(
      await transitions.move(
        { id, from: 'sending', to: 'unknown', changes },
        { card: true, outcome: true },
        { lease },
      ),
    );
  };
}

type FindLateDeps = {
  db: Kysely<Tables>;
  lostAnswers: LostAnswers;
  ledger: Pick<Ledger, 'giveUp' | 'bind'>;
  requests: Pick<Requests, 'find'>;
  sessions: Pick<Sessions, 'ofRequest' | 'lock' | 'change'>;
  milestones: Pick<Milestones, 'add'>;
  findSessions: FindSessions;
  adopt: Adopt;
  enqueue: Enqueue;
  now: () => number;
  log: Log;
};

/**
 * Looks again for sessions whose creation was not answered and which were not found in time: each costs whether
 * anyone sees it or not. Returns how long to leave Devin alone, in ms.
 */
export function createLateFinder(deps: FindLateDeps) {
  const { db, lostAnswers, ledger, requests, findSessions, now, log } = deps;

  /** Before Devin is asked: what fails is not repeated at once. */
  async function plan(lost: LostAnswer): Promise<void> {
    const intervalMs = lateLookInterval(now() - lost.lostAt.getTime());
    if (intervalMs !== null) return lostAnswers.plan(lost, new Date(now() + intervalMs));
    await db.transaction().execute(async (trx) => {
      await lostAnswers.plan(lost, null, trx);
      await ledger.giveUp(lost.requestId, trx);
    });
  }

  async function look(due: readonly LostAnswer[], signal: AbortSignal): Promise<void> {
    const missing: SessionRequest[] = [];
    for (const { requestId: id, sentAt, identity } of due) {
      const request = await requests.find(id);
      // One that is on its way again is looked for when it has come to an end.
      if (request !== null && !isOpen(request.state))
        missing.push({ ...request, sentAt, identity: identity ?? request.identity });
    }
    if (missing.length === 0) return;
    const found = await findSessions(missing, { signal });
    for (const request of missing) await settle(deps, request, found.get(request.id) ?? []);
  }

  return async (signal: AbortSignal): Promise<number> => {
    const due = await lostAnswers.due(new Date(now()));
    for (const lost of due) await plan(lost);
    try {
      await look(due, signal);
      return 0;
    } catch (error) {
      if (signal.aborted) return 0;
      log.warn(
        { err: error },
        'looking for sessions that may have started late failed; it is tried again later',
      );
      return error instanceof DevinError ? (error.retryAfterMs ?? 0) : 0;
    }
  };
}

/** The first of those that nobody knows of yet is the one that was missing. */
async function settle(
  deps: FindLateDeps,
  request: SessionRequest,
  found: readonly SessionSnapshot[],
): Promise<void> {
  const { sessions, requests, adopt, log } = deps;
  const own = await sessions.ofRequest(request.id);
  const isNews = (one: SessionSnapshot): boolean => own?.told.includes(twiceKey(toOther(one))) !== true;
  const session = found.find(isNews);
  // It may have been settled, or sent again, while Devin was asked.
  const current = session === undefined ? null : await requests.find(request.id);
  if (session === undefined || current === null || isOpen(current.state)) return;
  log.info({ requestId: request.id, sessionId: session.sessionId }, 'a session was found late');
  if (current.state === 'created') await tellTwice(deps, current, session);
  else await adopt(current, session);
}

/** A person started it anyway, so there are two now; announced once, by the one that is followed. */
async function tellTwice(
  { db, sessions, milestones, lostAnswers, ledger, enqueue }: FindLateDeps,
  request: SessionRequest,
  other: SessionSnapshot,
): Promise<void> {
  const { id: requestId, sessionId } = request;
  if (sessionId === null) return;
  const key = twiceKey(toOther(other));
  await db.transaction().execute(async (trx) => {
    const current = await sessions.lock(sessionId, trx);
    if (current === null || current.told.includes(key)) return;
    await sessions.change(sessionId, { told: [...current.told, key] }, trx);
    await milestones.add(sessionId, [key], trx);
    await lostAnswers.found(requestId, trx);
    await ledger.bind(spendingOn(request, other), trx);
    await enqueue('tell-milestones', { sessionId }, { trx, key: sessionId });
    const found = { ...subjectOf(request), sessionId: other.sessionId };
    await appendAudit([{ ...found, kind: 'start', result: 'second-session' }], trx);
  });
}

/** Nobody follows it: its cap counts for good. */
function spendingOn(
  { id: requestId, teamId, userId, channelId, draft }: SessionRequest,
  { sessionId, acusConsumed: consumed }: SessionSnapshot,
) {
  const cap = draft.values.max_acu_limit ?? null;
  return { requestId, teamId, userId, channelId, cap, sessionId, consumed, late: true };
}

const toOther = ({ sessionId: id, url }: SessionSnapshot) => ({ id, url });
