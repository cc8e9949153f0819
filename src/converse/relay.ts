import { lookupTrouble, refusedAs, type Waiting } from '../create/index.ts';
import type { ResolveIdentity } from '../identity/resolve.ts';
import { soonIfBusy, sooner, type Enqueue, type Lease, type WithLease } from '../queue/index.ts';
import type { Identity } from '../session/identity.ts';
import { isOver } from '../session/lifecycle.ts';
import {
  isMessage,
  isRefusedReply,
  type MessageKind,
  type ReplyFailure,
  type ReplyKind,
  type ReplyState,
} from '../session/reply.ts';
import { isLetIn, type PresenceOf } from '../slack/conversations.ts';
import { appendAudit, type AuditEntry } from '../store/audit.ts';
import type { Reply, ReplyStep } from '../store/replies.ts';
import { findFollowed, type Followed } from '../store/requests.ts';
import type { NewMessage } from '../store/session-messages.ts';
import type { SessionRow } from '../store/sessions.ts';
import type { StoreParts } from '../store/store.ts';
import type { SteeringCheck } from '../trust/index.ts';

/** A reply with the session it is for, and the request that session was started for. */
export type ReplyInSession = Followed & { reply: Reply };

/**
 * null: on to the next one. Otherwise nothing more can be done for so many ms: the replies after it wait too, so that they
 * stay in order.
 */
export type ReplyOutcome = number | null;

/** What does something here instead of going to Devin. */
export type Keyword = Exclude<ReplyKind, MessageKind>;

export type MoveReply = ReturnType<typeof createMoveReply>;

type MoveDeps = {
  store: StoreParts<{ db: 'transaction'; replies: 'move' | 'takeEdit'; messages: 'add' }>;
  enqueue: Enqueue;
};

type Delivery = {
  /** The Devin member it was sent as; null: the service user. */
  as?: string | null;
  /** The session was asleep. */
  wakes?: boolean;
  /** What to show in the thread of a delivered reply that wasn't written there; null: nothing. */
  mirror?: NewMessage | null;
};

/**
 * One transaction, with the jobs that tell people how it ended; null: another process moved it. With a lease, it throws
 * a LeaseLostError if another process has taken over.
 */
export function createMoveReply({ store: { db, replies, messages }, enqueue }: MoveDeps) {
  return async (
    { as = null, wakes = false, mirror = null, ...step }: ReplyStep & Delivery,
    lease?: Lease,
  ): Promise<Reply | null> =>
    db.transaction().execute(async (trx) => {
      const moved = await replies.move(step, trx);
      if (moved === null) return null;
      await lease?.fence(trx);
      const { id, sessionId } = moved;
      if (MAY_TAKE_EDIT.has(step.to)) await replies.takeEdit(moved, trx);
      if (step.to === 'accepted' || step.to === 'sending') return moved;
      await enqueue('tell-reply', { replyId: id }, { trx });
      if (mirror !== null) {
        await messages.add(sessionId, [mirror], trx);
        await enqueue('post-waiting', { sessionId }, { trx });
      }
      await appendAudit(replyEntries(moved, { as, wakes }), trx);
      return moved;
    });
}

/** It isn't at Devin for certain, nor on its way there: there is nothing to correct. */
const MAY_TAKE_EDIT: ReadonlySet<ReplyState> = new Set(['accepted', 'failed', 'unknown']);

/** Only what Devin has, or may have. */
function replyEntries(reply: Reply, { as, wakes }: { as: string | null; wakes: boolean }): AuditEntry[] {
  const { state, userId, channelId, messageTs, sessionId, failure } = reply;
  const about = { userId, channelId, messageTs, sessionId };
  if (state === 'failed' && failure !== null && isRefusedReply(failure))
    return [{ ...about, kind: 'refusal', result: `reply:${failure.kind}` }];
  if (state !== 'delivered' && state !== 'unknown') return [];
  return [{ ...about, kind: wakes ? 'wake' : 'reply', devinUserId: as, result: state }];
}

/** `sessions.touch`: the request's session is polled soon, whatever a person wants of it. */
type RelayDeps = {
  store: StoreParts<{ sessions: 'find' | 'touch'; requests: 'find'; replies: 'nextOpen' }>;
  resolve: ResolveIdentity;
  check: SteeringCheck;
  presence: PresenceOf;
  withLease: WithLease;
};

/** A reply that its author may send. */
export type Sending = ReplyInSession & { identity: Identity; signal: AbortSignal; lease?: Lease };

export type RelayParts = {
  move: MoveReply;
  sender: {
    send: (sending: Sending) => Promise<ReplyOutcome>;
    fail: (reply: Reply, failure: ReplyFailure) => Promise<ReplyOutcome>;
    wait: (reply: Reply, waiting: Waiting) => Promise<ReplyOutcome>;
  };
  /** sending -> delivered or unknown. */
  settle: (found: ReplyInSession, signal: AbortSignal) => Promise<ReplyOutcome>;
  applyKeyword: (keyword: Keyword, found: ReplyInSession, signal: AbortSignal) => Promise<ReplyOutcome>;
};

/** Without a lease, another process may work on the same reply. */
type Run = { signal: AbortSignal; lease?: Lease };

/** Stopping saves money, so it doesn't wait for replies that can't be sent now. */
const URGENT = ['stop'] as const;

/** Takes what people say about a session to Devin: in order, each once, one process at a time. */
export function createRelay(deps: RelayDeps, { sender, settle, applyKeyword, move }: RelayParts) {
  const { sessions, replies } = deps.store;
  const { withLease } = deps;

  async function handle(inSession: ReplyInSession, { signal, lease }: Run): Promise<ReplyOutcome> {
    const { session, reply } = inSession;
    if (reply.state === 'sending') return settle(inSession, signal);
    if (isKeptFromDevin(session, reply)) {
      await move({ id: reply.id, from: ['accepted'], to: 'skipped' });
      return null;
    }
    // It was stopped from here: there is no need to ask Devin.
    if (isMessage(reply) && session.stoppedBy !== null && isOver(session))
      return sender.fail(reply, { kind: 'ended' });
    // A newer reply started this run, but Devin asked for a pause.
    if (reply.waitMs > 0) return reply.waitMs;
    const verdict = await authorize(deps, inSession);
    if (verdict.kind === 'wait') return sender.wait(reply, verdict);
    if (verdict.kind === 'refused') return sender.fail(reply, verdict.failure);
    await sessions.touch(session.requestId);
    const { kind } = reply;
    if (kind !== 'reply' && kind !== 'correction') return applyKeyword(kind, inSession, signal);
    const { identity } = verdict;
    return sender.send({ ...inSession, identity, signal, ...(lease && { lease }) });
  }

  /** When to continue, in ms; null: nothing waits. */
  async function relay(sessionId: string, run: Run, kinds?: readonly ReplyKind[]): Promise<number | null> {
    for (;;) {
      run.signal.throwIfAborted();
      const reply = await replies.nextOpen(sessionId, kinds);
      const followed = reply === null ? null : await findFollowed(deps.store, sessionId);
      if (reply === null || followed === null) return null;
      const waitMs = await handle({ ...followed, reply }, run);
      if (waitMs !== null) return waitMs;
    }
  }

  return async ({ sessionId }: { sessionId: string }, { signal }: { signal: AbortSignal }) => {
    // No lease needed: a keyword takes one transaction, and the first process wins.
    const urgentMs = await relay(sessionId, { signal }, URGENT);
    const relaying = withLease(`relay-to-devin:${sessionId}`, async (lease) =>
      relay(sessionId, { signal: AbortSignal.any([signal, lease.held]), lease }),
    );
    return sooner(urgentMs, await soonIfBusy(relaying));
  };
}

/** A muted or disconnected thread keeps what is written in it, but not dialogs and commands. */
function isKeptFromDevin(session: SessionRow, reply: Reply): boolean {
  const { muted, synced } = session;
  return isMessage(reply) && isSaidThere(session, reply) && (muted || !synced);
}

/** Not in a dialog, by a command, or in a direct message that brought the question. */
function isSaidThere({ channelId }: SessionRow, reply: Reply): boolean {
  return reply.messageTs !== null && reply.channelId === channelId;
}

type Verdict =
  | { kind: 'allowed'; identity: Identity }
  | { kind: 'refused'; failure: ReplyFailure }
  | ({ kind: 'wait' } & Waiting);

/** Whose name it is sent in, if the person may. */
async function authorize(
  { resolve, check, presence: presenceOf }: RelayDeps,
  inSession: ReplyInSession,
): Promise<Verdict> {
  const { session, request, reply } = inSession;
  const { teamId, userId } = reply;
  try {
    const identity = await resolve({ teamId, userId });
    if (identity.kind === 'refused') return { kind: 'refused', failure: refusedAs(identity) };
    // Anyone who writes in the thread is in its conversation; not who uses a button of the card, or a command.
    const presence = isSaidThere(session, reply)
      ? null
      : await presenceOf({ channelId: session.channelId, userId });
    if (presence !== null && !isLetIn(presence, request.userId === userId))
      return { kind: 'refused', failure: { kind: 'not-in-conversation' } };
    const steering = await check(request, userId, identity);
    return steering.kind === 'allowed'
      ? { kind: 'allowed', identity }
      : { kind: 'refused', failure: steering };
  } catch (error) {
    const trouble = lookupTrouble(error);
    return trouble.kind === 'final' ? { kind: 'refused', failure: trouble.failure } : trouble;
  }
}
