import type { Transaction } from 'kysely';
import { type Later, type Lease, Refused } from '../queue/index.ts';
import { approvalKeys, hasCard, outcomeKey } from '../reconcile/index.ts';
import { pendingApproval, withEnd, type Approval } from '../session/approval.ts';
import { isEndedByPeople, isRefusal, type Failure } from '../session/failure.ts';
import { FOUND_LATE } from '../session/milestones.ts';
import { EARLY_CARD_MS, isOpen, isUndecided } from '../session/request.ts';
import { appendAudit, requestEntries } from '../store/audit.ts';
import { askedAt, cardThread, type SessionRequest } from '../store/requests.ts';
import { SessionTakenError } from '../store/sessions.ts';
import { cardKey } from '../store/shown.ts';
import type { Tables } from '../store/store.ts';
import type { CreateContext, InTransaction, Next } from './context.ts';
import { recheckInterval, sentSince } from './find-session.ts';

/** What it takes to move a request. */
export type MoveContext = Pick<CreateContext, 'store' | 'enqueue' | 'onMoved' | 'tuning'>;
/** What was planned for a request. */
type Planned = { before: SessionRequest; next: Next };
/** `isRunning`: this process works on it, and goes on by itself. */
type Moved = Planned & { request: SessionRequest; isRunning: boolean };
type Session = Required<Next>['session'];

/**
 * Writes what a request becomes. null: it is no longer in that state, or the session is another's. Throws a LeaseLostError
 * if another process has taken over.
 */
export async function move(
  c: MoveContext,
  { request: before, next, lease }: { request: SessionRequest; next: Next | InTransaction; lease: Lease },
): Promise<Moved | null> {
  return inTransaction(c, lease, async (trx) => ({
    before,
    next: typeof next === 'function' ? await next(trx) : next,
  }));
}

/** Moves a request as its locked row demands; null: it stays as it is. */
export async function moveLocked(
  c: MoveContext,
  id: string,
  plan: (locked: SessionRequest) => Next | null,
): Promise<boolean> {
  const moved = await inTransaction(c, null, async (trx) => {
    const before = await c.store.requests.lock(id, trx);
    const next = before && plan(before);
    return before && next && { before, next };
  });
  return moved !== null;
}

/** What a request becomes that gets a session. */
export function created(session: Session): Next {
  return { to: 'created', changes: { sessionId: session.snapshot.sessionId, failure: null }, session };
}

/** Binds a session that was found to its request, whatever that was, or was given up meanwhile. */
export async function adopt(
  c: MoveContext,
  { id, state }: SessionRequest,
  session: Session,
): Promise<boolean> {
  const end = { kind: 'started', by: null, reason: null, atMs: c.tuning.now() } as const;
  return moveLocked(c, id, (locked) => {
    if (locked.state !== state && locked.state !== 'unknown') return null;
    const next = created(session);
    return { ...next, changes: { ...next.changes, approvals: withEnd(locked.approvals, end) } };
  });
}

/** The audit comes last: it makes others wait. */
async function inTransaction(
  c: MoveContext,
  lease: Lease | null,
  plan: (trx: Transaction<Tables>) => Promise<Planned | null>,
): Promise<Moved | null> {
  const writing = c.store.db.transaction().execute(async (trx): Promise<Moved | null> => {
    const planned = await plan(trx);
    if (planned === null) return null;
    const { before, next } = planned;
    const request = await c.store.requests.advance(stepOf(c, before, next), trx);
    if (request === null) return null;
    const moved = { before, next, request, isRunning: lease !== null };
    if (lease !== null) await (isOpen(request.state) ? lease.fence(trx) : lease.end(trx));
    await count(c, moved, trx);
    if (next.session !== undefined) await bind(c, { ...moved, session: next.session }, trx);
    await enqueueAll(c, moved, trx);
    // What Devin refused is recorded as if it had not been sent.
    await appendAudit(requestEntries(next.released === true ? 'ready' : before.state, request), trx);
    return moved;
  });
  const moved = await writing.catch((error: unknown) => {
    if (error instanceof SessionTakenError) return null;
    throw error;
  });
  if (moved !== null && moved.before.state !== moved.request.state) c.onMoved(moved.request.state);
  return moved;
}

/**
 * Once a request has ended or has its session, its session secrets are erased. If an earlier attempt may have started a
 * session, it doesn't end: it is `unknown` again.
 */
function stepOf(
  { store: { envelopes } }: MoveContext,
  { id, state, sealed, ...request }: SessionRequest,
  { to, changes = {}, expiresInMs }: Next,
) {
  const { sentAt = request.sentAt } = changes;
  const mayHaveSession = (to === 'failed' || to === 'refused') && sentAt !== null;
  const keepsSecrets = isUndecided(to);
  return {
    id,
    from: state,
    to: mayHaveSession ? 'unknown' : to,
    changes: {
      // What it waited for no longer holds it up.
      waiting: null,
      ...changes,
      ...(!keepsSecrets && { sealed: envelopes.withoutSecrets(id, sealed) }),
    },
    expiresInMs,
  } as const;
}

/** What it counts for under the ceilings, and whether its session is missing. */
async function count(
  { store: { ledger }, tuning }: MoveContext,
  { before, request, next: { reserve, released } }: Moved,
  trx: Transaction<Tables>,
): Promise<void> {
  if (reserve !== undefined) await ledger.reserve({ ...spending(request), ...reserve }, trx);
  if (released === true) return ledger.release(request.id, trx);
  if (before.state !== 'sending' || request.state !== 'unknown') return;
  // From here on the watcher searches for it.
  const { id: requestId, identity } = request;
  const [lostMs, afterMs] = [tuning.now(), recheckInterval(0) ?? 0];
  const times = { lostAt: new Date(lostMs), nextLookAt: new Date(lostMs + afterMs) };
  await ledger.lose({ requestId, sentAt: sentSince(request), identity, ...times }, trx);
}

/** What a request counts for under the ceilings. */
export function spending({ id: requestId, teamId, userId, channelId, draft }: SessionRequest) {
  return { requestId, teamId, userId, channelId, cap: draft.values.max_acu_limit ?? null };
}

const POLLED_FIRST_MS = 3000;

async function bind(
  { store: { sessions, replies, messages, ledger }, enqueue }: MoveContext,
  { before, request, session: { snapshot, asked = false } }: Moved & { session: Session },
  trx: Transaction<Tables>,
): Promise<void> {
  const { id: requestId, teamId } = request;
  const { sessionId } = snapshot;
  const told = isOpen(before.state) || asked ? [] : [FOUND_LATE];
  // The thread of its card, or the one under its card; '' until that is posted.
  const channelId = request.cardChannelId ?? request.channelId;
  const threadTs = cardThread(request) ?? request.cardTs ?? '';
  const bound = await sessions.bind(
    { sessionId, requestId, snapshot, told, teamId, channelId, threadTs },
    trx,
  );
  // What people said while it was starting.
  if (await replies.adopt(requestId, sessionId, trx)) await enqueue('relay-to-devin', { sessionId }, { trx });
  // What is said in its thread goes to this one now.
  for (const other of (await sessions.sharing(bound, trx)).others)
    await enqueue('show', { key: cardKey(other) }, { trx });
  // It isn't the answer to a POST, but the session of an attempt that wasn't confirmed.
  const late = before.state !== 'sending';
  await ledger.bind({ ...spending(request), sessionId, consumed: snapshot.acusConsumed, late }, trx);
  if (told.length === 0) return;
  await messages.addMilestones(sessionId, told, trx);
  // Its status is polled first, so that a question calls the requester with Devin's words.
  await enqueue('relay-from-devin', { sessionId }, { trx, startAfterMs: POLLED_FIRST_MS });
}

async function enqueueAll(
  { enqueue }: MoveContext,
  { request, next: { changes: { approvals = [] } = {}, tell: notice, outcome, afterMs }, isRunning }: Moved,
  trx: Transaction<Tables>,
): Promise<void> {
  const { id: requestId, state, waiting } = request;
  // Its URL, or that there is none, goes before everything else. This process shows the URL of a new session itself; what a
  // person did, or has to wait for, is shown at once.
  const isQuick = isOpen(state) && state !== 'held' && waiting === null;
  const isSoon = isRunning && (state === 'created' || isQuick);
  const when = isSoon ? { startAfterMs: EARLY_CARD_MS } : { interactive: !isOpen(state) };
  if (hasCard(request)) await enqueue('show', { key: cardKey(requestId) }, { trx, ...when });
  if (notice !== undefined) await enqueue('tell-person', { requestId, notice }, { trx });
  if (outcome === true) await enqueue('show', { key: outcomeKey(request) }, { trx });
  // What people said to it comes back to them.
  if (state === 'failed' || state === 'refused')
    await enqueue('relay-to-devin', { sessionId: requestId }, { trx });
  if (isOpen(state) && (afterMs !== undefined || !isRunning))
    await enqueue('create-session', { requestId }, { trx, startAfterMs: afterMs ?? 0 });
  for (const key of approvalKeys({ ...request, approvals })) await enqueue('show', { key }, { trx });
}

/** So soon after they asked, people hear of a failure privately: nobody needs a ping. */
const STILL_THERE_MS = 60_000;

/** Ends a request without a session. Why it was refused only its person hears. */
export function ended(request: SessionRequest, failure: Failure, nowMs: number): Next {
  const isRefused = isRefusal(failure);
  const isSoon = nowMs - askedAt(request).getTime() < STILL_THERE_MS;
  const isQuiet = isRefused || (!isEndedByPeople(failure) && (isSoon || !hasCard(request)));
  const approvals = failure.kind === 'approval' && closed(request.approvals, failure, nowMs);
  return {
    to: isRefused ? 'refused' : 'failed',
    changes: { failure, ...(approvals !== false && { approvals }) },
    ...(isQuiet ? { tell: 'refused' } : { outcome: true }),
  };
}

/** What becomes of a request that Devin, or somebody else, refuses, or that is for later. Nothing was done. */
export function after(
  { tuning }: Pick<CreateContext, 'tuning'>,
  request: SessionRequest,
  word: Later | Refused,
): Next {
  if (word instanceof Refused) return ended(request, word.failure, tuning.now());
  return { to: request.state, changes: { waiting: word.why }, later: word };
}

type NotApproved = Extract<Failure, { kind: 'approval' }>;

function closed(
  approvals: readonly Approval[],
  { rule, end: kind, by, reason }: NotApproved,
  atMs: number,
): Approval[] {
  const last = approvals.findLast((one) => one.rule === rule);
  return approvals.map((one) => (one === last ? { ...one, end: { kind, by, reason, atMs } } : one));
}

/** An approval that ended, or that is for something else by now. */
export function notApproved({ rule }: Approval, end: NotApproved['end']): NotApproved {
  return { kind: 'approval', end, rule, by: null, reason: null };
}

/** Ends a request for which nobody has decided in time; false: there is time left. */
export async function expireApproval(c: MoveContext, requestId: string): Promise<boolean> {
  const { now } = c.tuning;
  return moveLocked(c, requestId, (locked) => {
    const pending = pendingApproval(locked);
    const untilMs = locked.approvalUntil?.getTime() ?? Infinity;
    return pending === null || untilMs > now()
      ? null
      : ended(locked, notApproved(pending.approval, 'expired'), now());
  });
}
