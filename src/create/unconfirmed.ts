import { DevinError } from '../devin/errors.ts';
import type { Log } from '../log.ts';
import type { Enqueue, SearchUntilFound } from '../queue/index.ts';
import { duplicateKey } from '../session/milestones.ts';
import { isOpen, isPending } from '../session/request.ts';
import type { SessionSnapshot } from '../session/snapshot.ts';
import { appendAudit, subjectOf } from '../store/audit.ts';
import type { SessionRequest } from '../store/request-row.ts';
import type { StoreParts } from '../store/store.ts';
import type { UnconfirmedCreate } from '../store/unconfirmed-creates.ts';
import { LONGEST_RECHECK_MS, recheckInterval, type SessionSearch } from './find-session.ts';
import type { Adopt, CreateStep, Flow } from './run.ts';
import { spending, type Transitions } from './transitions.ts';

type SettleDeps = {
  search: Pick<SessionSearch, 'findOne'>;
  adopt: Adopt;
  flow: Flow;
  searchUntilFound: SearchUntilFound;
};

/**
 * sending -> created or unknown: the answer to a POST was lost, and repeating it could pay for a second session. So Devin's
 * list is searched; if the session isn't found, the request is unknown and a person decides.
 */
export function createSettleStep(deps: SettleDeps): CreateStep {
  const { search, adopt, flow, searchUntilFound } = deps;

  return async (run) => {
    const { request, lease, signal } = run;
    const changes = { waiting: 'looking' } as const;
    const looking = await flow.advance(run, { to: 'sending', changes, effects: { card: 'now' } });
    if (looking.kind !== 'next') return looking;
    const found = await searchUntilFound(async () => search.findOne(request), signal);
    if (found !== null) return adopt(request, found, { lease });
    return flow.advance(run, { to: 'unknown', effects: { card: 'now', outcome: true } });
  };
}

type FinderDeps = {
  store: StoreParts<{
    db: 'transaction';
    envelopes: 'withoutSecrets';
    unconfirmedCreates: 'plan' | 'due' | 'found';
    ledger: 'giveUp' | 'bind';
    requests: 'find';
    sessions: 'ofRequest' | 'lock' | 'change';
    messages: 'addMilestones';
  }>;
  transitions: Pick<Transitions, 'moveLocked'>;
  search: Pick<SessionSearch, 'find'>;
  adopt: Adopt;
  enqueue: Enqueue;
  now: () => number;
  log: Log;
};

/**
 * Searches again for sessions whose creation was not confirmed and that were not found in time: each costs, whether anyone
 * sees it or not. Returns how long Devin wants a pause, in ms.
 */
export function createUnconfirmedFinder(deps: FinderDeps) {
  const { db, unconfirmedCreates, ledger, requests } = deps.store;
  const { now, log } = deps;

  /** null: it was searched for long enough. A pending request may become unknown again. */
  async function intervalOf({ requestId, lostAt }: UnconfirmedCreate): Promise<number | null> {
    const intervalMs = recheckInterval(now() - lostAt.getTime());
    if (intervalMs !== null) return intervalMs;
    const request = await requests.find(requestId);
    return request !== null && isPending(request.state) ? LONGEST_RECHECK_MS : null;
  }

  /** Planned before the search, so that a failure isn't retried at once. */
  async function planNext(unconfirmed: UnconfirmedCreate, due: readonly UnconfirmedCreate[]): Promise<void> {
    const { requestId } = unconfirmed;
    const intervalMs = await intervalOf(unconfirmed);
    if (intervalMs !== null) return unconfirmedCreates.plan(unconfirmed, new Date(now() + intervalMs));
    // A later attempt may still be started anyway.
    const isLast = !due.some((other) => other.requestId === requestId && other.lostAt > unconfirmed.lostAt);
    if (isLast) await eraseSecrets(deps, requestId);
    await db.transaction().execute(async (trx) => {
      await unconfirmedCreates.plan(unconfirmed, null, trx);
      await ledger.giveUp(requestId, trx);
    });
  }

  async function search(due: readonly UnconfirmedCreate[], signal: AbortSignal): Promise<void> {
    const missing: SessionRequest[] = [];
    for (const { requestId: id, sentAt, identity } of due) {
      const request = await requests.find(id);
      // If it's being sent again, the search waits until that has ended.
      if (request !== null && !isOpen(request.state))
        missing.push({ ...request, sentAt, identity: identity ?? request.identity });
    }
    if (missing.length === 0) return;
    const found = await deps.search.find(missing, { signal });
    for (const request of missing) await settle(deps, request, found.get(request.id) ?? []);
  }

  return async (signal: AbortSignal): Promise<number> => {
    const due = await unconfirmedCreates.due(new Date(now()));
    for (const unconfirmed of due) await planNext(unconfirmed, due);
    try {
      await search(due, signal);
      return 0;
    } catch (error) {
      if (signal.aborted) return 0;
      log.warn(
        { err: error },
        'searching for sessions that may have started late failed; it will be retried',
      );
      return error instanceof DevinError ? (error.retryAfterMs ?? 0) : 0;
    }
  };
}

/** Nobody chose "Start anyway" in time. Anyone who still wants to enters the secrets again. */
async function eraseSecrets(
  { store: { envelopes }, transitions }: FinderDeps,
  requestId: string,
): Promise<void> {
  await transitions.moveLocked(requestId, ({ id, state, hadSecrets, sealed }) => {
    if (state !== 'unknown' || !hadSecrets) return null;
    const changes = {
      sealed: envelopes.withoutSecrets(id, sealed),
      failure: { kind: 'secrets-lost' } as const,
    };
    return { to: state, changes, effects: { card: 'now' } };
  });
}

/** The first unknown session is the missing one. */
async function settle(
  deps: FinderDeps,
  request: SessionRequest,
  found: readonly SessionSnapshot[],
): Promise<void> {
  const { sessions, requests } = deps.store;
  const { adopt, log } = deps;
  const own = await sessions.ofRequest(request.id);
  const isNews = (one: SessionSnapshot): boolean => own?.told.includes(duplicateKey(one.url)) !== true;
  const session = found.find(isNews);
  // It may have been settled or sent again during the search.
  const current = session === undefined ? null : await requests.find(request.id);
  if (session === undefined || current === null || isOpen(current.state)) return;
  log.info({ requestId: request.id, sessionId: session.sessionId }, 'a session was found late');
  if (current.state === 'created') await announceDuplicate(deps, current, session);
  else await adopt(current, session);
}

/** A person started it anyway, so there are two now: announced once, in the thread of the one that is followed. */
async function announceDuplicate(
  { store: { db, sessions, messages, unconfirmedCreates, ledger }, enqueue }: FinderDeps,
  request: SessionRequest,
  other: SessionSnapshot,
): Promise<void> {
  const { id: requestId, sessionId } = request;
  if (sessionId === null) return;
  const key = duplicateKey(other.url);
  await db.transaction().execute(async (trx) => {
    const current = await sessions.lock(sessionId, trx);
    if (current === null || current.told.includes(key)) return;
    await sessions.change(sessionId, { told: [...current.told, key] }, trx);
    await messages.addMilestones(sessionId, [key], trx);
    await unconfirmedCreates.found(requestId, trx);
    // Nobody follows it, so its cap counts for good.
    const { sessionId: otherId, acusConsumed: consumed } = other;
    await ledger.bind({ ...spending(request), sessionId: otherId, consumed, late: true }, trx);
    await enqueue('relay-from-devin', { sessionId }, { trx });
    const found = { ...subjectOf(request), sessionId: other.sessionId };
    await appendAudit([{ ...found, kind: 'start', result: 'second-session' }], trx);
  });
}
