import type { Transaction } from 'kysely';
import { type Later, type Lease, Refused } from '../queue/index.ts';
import { hasCard, outcomeKey } from '../reconcile/index.ts';
import { pendingApproval, type Approval } from '../session/approval.ts';
import { isEndedByPeople, isRefusal, type Failure } from '../session/failure.ts';
import { FOUND_LATE } from '../session/milestones.ts';
import { EARLY_CARD_MS, isOpen, isPending, type RequestState } from '../session/request.ts';
import { appendAudit, requestEntries } from '../store/audit.ts';
import { askedAt, cardThread, type SessionRequest } from '../store/requests.ts';
import { SessionTakenError } from '../store/sessions.ts';
import { cardKey, shownKey } from '../store/shown.ts';
import type { Tables } from '../store/store.ts';
import type { CreateContext, InTransaction, Next } from './context.ts';
import { recheckInterval, sentSince } from './find-session.ts';

type MoveTransaction = Transaction<Tables>;
/** What it takes to move a request. */
export type MoveContext = Pick<CreateContext, 'store' | 'enqueue' | 'onMoved' | 'withNames' | 'tuning'>;
type Moved = { request: SessionRequest; next: Next };

/**
 * Writes what a request becomes. null: it is no longer in that state, or the session is another's. Throws a LeaseLostError
 * if another process has taken over.
 */
export async function move(
  c: MoveContext,
  { request, next, lease }: { request: SessionRequest; next: Next | InTransaction; lease: Lease },
): Promise<Moved | null> {
  return inTransaction(c, lease, async (trx) => ({
    request,
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
    const request = await c.store.requests.lock(id, trx);
    const next = request === null ? null : plan(request);
    return request === null || next === null ? null : { request, next };
  });
  return moved !== null;
}

/** What a request becomes that gets a session. */
export function created(c: MoveContext, { draft }: SessionRequest, session: Required<Next>['session']): Next {
  const changes = { sessionId: session.snapshot.sessionId, draft: c.withNames(draft), failure: null };
  return { to: 'created', changes, session };
}

/** Binds a session that was found to its request, whatever that was, or was given up meanwhile. */
export async function adopt(
  c: MoveContext,
  { id, state }: SessionRequest,
  session: Required<Next>['session'],
): Promise<boolean> {
  return moveLocked(c, id, (locked) =>
    locked.state === state || locked.state === 'unknown' ? created(c, locked, session) : null,
  );
}

/** The audit comes last: it makes others wait. */
async function inTransaction(
  c: MoveContext,
  lease: Lease | null,
  plan: (trx: MoveTransaction) => Promise<Moved | null>,
): Promise<Moved | null> {
  const writing = c.store.db.transaction().execute(async (trx) => {
    const planned = await plan(trx);
    if (planned === null) return null;
    const { request, next } = planned;
    const moved = await c.store.requests.advance(stepOf(c, request, next), trx);
    if (moved === null) return null;
    if (lease !== null) await (isOpen(moved.state) ? lease.fence(trx) : lease.end(trx));
    await count(c, { request, next }, { moved, trx });
    if (next.session !== undefined) await bind(c, { from: request.state, moved, session: next.session }, trx);
    await enqueueAll(c, { request: moved, next, before: request, isRunning: lease !== null }, trx);
    // What Devin refused is recorded as if it had not been sent.
    await appendAudit(requestEntries(next.released === true ? 'ready' : request.state, moved), trx);
    return { from: request.state, request: moved, next };
  });
  const done = await writing.catch((error: unknown) => {
    if (error instanceof SessionTakenError) return null;
    throw error;
  });
  if (done !== null && done.from !== done.request.state) c.onMoved(done.request.state);
  return done;
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
  const keepsSecrets = isPending(to) || to === 'unknown';
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
    ...(expiresInMs !== undefined && { expiresInMs }),
  } as const;
}

/** What it counts for under the ceilings, and whether its session is missing. */
async function count(
  { store: { ledger, unconfirmedCreates }, tuning }: MoveContext,
  { request, next: { reserve, released } }: Moved,
  { moved, trx }: { moved: SessionRequest; trx: MoveTransaction },
): Promise<void> {
  if (reserve !== undefined) await ledger.reserve({ ...spending(moved), ...reserve }, trx);
  if (released === true) return ledger.release({ requestId: moved.id, late: false }, trx);
  if (request.state !== 'sending' || moved.state !== 'unknown') return;
  // From here on the watcher searches for it.
  const { id: requestId, identity } = moved;
  const [lostMs, afterMs] = [tuning.now(), recheckInterval(0) ?? 0];
  const times = { lostAt: new Date(lostMs), nextLookAt: new Date(lostMs + afterMs) };
  await unconfirmedCreates.add({ requestId, sentAt: sentSince(moved), identity, ...times }, trx);
}

/** What a request counts for under the ceilings. */
export function spending({ id: requestId, teamId, userId, channelId, draft }: SessionRequest) {
  return { requestId, teamId, userId, channelId, cap: draft.values.max_acu_limit ?? null };
}

const POLLED_FIRST_MS = 3000;

type Binding = { from: RequestState; moved: SessionRequest; session: Required<Next>['session'] };

async function bind(
  { store: { sessions, replies, messages, unconfirmedCreates, ledger }, enqueue }: MoveContext,
  { from, moved, session: { snapshot, asked = false } }: Binding,
  trx: MoveTransaction,
): Promise<void> {
  const { id: requestId, teamId } = moved;
  const { sessionId, url } = snapshot;
  const told = isOpen(from) || asked ? [] : [FOUND_LATE];
  // The thread of its card, or the one under its card; '' until that is posted.
  const channelId = moved.cardChannelId ?? moved.channelId;
  const threadTs = cardThread(moved) ?? moved.cardTs ?? '';
  const bound = await sessions.bind(
    { sessionId, requestId, url, snapshot, told, teamId, channelId, threadTs },
    trx,
  );
  // What people said while it was starting.
  if (await replies.adopt(requestId, sessionId, trx)) await enqueue('relay-to-devin', { sessionId }, { trx });
  // What is said in its thread goes to this one now.
  for (const other of (await sessions.sharing(bound, trx)).others)
    await enqueue('show', { key: cardKey(other) }, { trx });
  // It isn't the answer to a POST, but the session of an attempt that wasn't confirmed.
  const late = from !== 'sending';
  if (late) await unconfirmedCreates.found(requestId, trx);
  await ledger.bind({ ...spending(moved), sessionId, consumed: snapshot.acusConsumed, late }, trx);
  if (told.length === 0) return;
  await messages.addMilestones(sessionId, told, trx);
  // Its status is polled first, so that a question calls the requester with Devin's words.
  await enqueue('relay-from-devin', { sessionId }, { trx, startAfterMs: POLLED_FIRST_MS });
}

/** `isRunning`: this process works on it, and goes on by itself. */
async function enqueueAll(
  { enqueue }: MoveContext,
  { request, next, before, isRunning }: Moved & { before: SessionRequest; isRunning: boolean },
  trx: MoveTransaction,
): Promise<void> {
  const { id: requestId, state, waiting } = request;
  const { tell: notice, outcome, afterMs } = next;
  // Its URL, or that there is none, goes before everything else. This process shows the URL of a new session itself; what a
  // person did, or has to wait for, is shown at once.
  const isQuick = isOpen(state) && state !== 'held' && waiting === null;
  const isSoon = isRunning && (state === 'created' || isQuick);
  const when = isSoon ? { startAfterMs: EARLY_CARD_MS } : { interactive: !isOpen(state) };
  if (hasCard(request)) await enqueue('show', { key: cardKey(requestId) }, { trx, ...when });
  if (notice !== undefined) await enqueue('tell-person', { requestId, notice }, { trx });
  if (outcome === true) await enqueue('show', { key: outcomeKey(request) }, { trx });
  // What was said about an attempt that wasn't confirmed is over.
  if (before.state === 'unknown') await enqueue('show', { key: outcomeKey(before) }, { trx });
  // What people said to it comes back to them.
  if (state === 'failed' || state === 'refused')
    await enqueue('relay-to-devin', { sessionId: requestId }, { trx });
  if (isOpen(state) && (afterMs !== undefined || !isRunning))
    await enqueue('create-session', { requestId }, { trx, startAfterMs: afterMs ?? 0 });
  // Approvers also see if nothing starts after all.
  if (before.state === 'awaiting-approval' || (request.approvals.length > 0 && !isOpen(state)))
    await enqueue('show', { key: shownKey('approvals', requestId) }, { trx });
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
  return approvals.map((one) =>
    one === approvals.findLast((other) => other.rule === rule)
      ? { ...one, end: { kind, by, reason, atMs } }
      : one,
  );
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
