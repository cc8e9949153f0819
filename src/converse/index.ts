import { lookupTrouble, refusedAs, type Waiting } from '../create/index.ts';
import type { Devin } from '../devin/devin.ts';
import type { ResolveIdentity } from '../identity/resolve.ts';
import { soonIfBusy, type Lease, type Queue, type SearchUntilFound, type WithLease } from '../queue/index.ts';
import type { Identity } from '../session/identity.ts';
import { isOver } from '../session/lifecycle.ts';
import { isMessage, type ReplyFailure, type ReplyKind } from '../session/reply.ts';
import type { SessionSnapshot } from '../session/snapshot.ts';
import { isLetIn } from '../slack/conversations.ts';
import type { Slack } from '../slack/slack.ts';
import { createTellOnce } from '../slack/tell-once.ts';
import type { Reply } from '../store/replies.ts';
import { findFollowed, type Followed } from '../store/requests.ts';
import type { SessionRow } from '../store/sessions.ts';
import type { Store } from '../store/store.ts';
import type { SteeringCheck } from '../trust/index.ts';
import type { Tuning } from '../tuning.ts';
import {
  createMoveReply,
  createSettleReply,
  type MoveReply,
  type ReplyInSession,
  type ReplyOutcome,
  type SettleReply,
} from './move-reply.ts';
import { createReplyNotifier } from './notify-reply.ts';
import { createReplySender, type ReplySender } from './send-reply.ts';
import { createApplyKeyword, type ApplyKeyword } from './thread-keywords.ts';

export { createMoveReply, type MoveReply } from './move-reply.ts';

type ConversingDeps = {
  queue: Pick<Queue, 'enqueue' | 'work'>;
  store: Store;
  devin: Pick<Devin, 'sessions' | 'messages' | 'attachments'>;
  slack: Pick<Slack, 'outbound' | 'people' | 'nameMentions' | 'files' | 'presence' | 'textFor'>;
  resolve: ResolveIdentity;
  check: SteeringCheck;
  /** What Devin answered is how the session is now. */
  recordAnswer: (snapshot: SessionSnapshot) => Promise<unknown>;
  fetchMessages: (followed: Followed, signal: AbortSignal) => Promise<number>;
  withLease: WithLease;
  searchUntilFound: SearchUntilFound;
  /** Whether to send as the service user, with the author's name in the text, if Devin refuses the author. */
  mayFallBack: boolean;
  tuning: Pick<Tuning, 'log' | 'now'>;
};

/** Each may wait for Devin: a slow session delays only itself. */
const THREADS = { concurrency: 10, most: 300 };

/** Takes what people say in the thread, in dialogs and by commands to Devin. */
export function createConversing(deps: ConversingDeps): void {
  const { queue, store, slack, check } = deps;
  const { requests, sessions, replies, forms, leases, threadNotices: notices } = store;
  const { outbound, textFor } = slack;
  const tellOnce = createTellOnce({ leases, notices });
  const notifying = { replies, sessions, requests, forms, tellOnce, notices, check, outbound, textFor };
  const notifier = createReplyNotifier(notifying);
  const relay = createRelay(deps, createParts(deps));
  queue.work('relay-to-devin', async ({ sessionId }, { signal }) => relay(sessionId, signal), THREADS);
  queue.work('mark-taken', async ({ replyId }) => notifier.markTaken(replyId), { concurrency: 4 });
  queue.work('tell-reply', async ({ replyId }) => notifier.notify(replyId), { concurrency: 4 });
}

/** What the relay hands a reply to. */
type Parts = { sender: ReplySender; settle: SettleReply; applyKeyword: ApplyKeyword; move: MoveReply };

function createParts(deps: ConversingDeps): Parts {
  const { queue, store, devin, slack, recordAnswer, fetchMessages, withLease, searchUntilFound } = deps;
  const { mayFallBack, tuning } = deps;
  const { log, now } = tuning;
  const { db, sessions, replies, echoes, messages, cards } = store;
  const { enqueue } = queue;
  const move = createMoveReply({ db, replies, messages, enqueue });
  const { list: listMessages } = devin.messages;
  const settle = createSettleReply({ replies, echoes, listMessages, move, searchUntilFound, now });
  const sender = createReplySender({
    files: slack.files,
    upload: devin.attachments.upload,
    nameMentions: slack.nameMentions,
    nameOf: async (userId) => (await slack.people.find(userId))?.name ?? userId,
    sendMessage: devin.sessions.sendMessage,
    getSession: devin.sessions.get,
    recordAnswer,
    settle,
    move,
    forgetIdentity: store.identities.forget,
    mayFallBack,
    now,
  });
  const applying = { db, sessions, cards, messages, replies, fetchMessages, withLease, enqueue, now, log };
  return { sender, settle, applyKeyword: createApplyKeyword(applying), move };
}

/** Without a lease, another process may work on the same reply. */
type Run = { signal: AbortSignal; lease?: Lease };

/** Stopping saves money, so it doesn't wait for replies that can't be sent now. */
const URGENT = ['stop'] as const;

/** Takes what people say about a session to Devin: in order, each once, one process at a time. */
function createRelay(deps: ConversingDeps, { sender, settle, applyKeyword, move }: Parts) {
  const { requests, sessions, replies } = deps.store;

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
    // Polled soon, whatever the person wants of it.
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
      const followed = reply === null ? null : await findFollowed({ requests, sessions }, sessionId);
      if (reply === null || followed === null) return null;
      const waitMs = await handle({ ...followed, reply }, run);
      if (waitMs !== null) return waitMs;
    }
  }

  return async (sessionId: string, signal: AbortSignal): Promise<number | null> => {
    // No lease needed: a keyword takes one transaction, and the first process wins.
    const urgentMs = await relay(sessionId, { signal }, URGENT);
    const relaying = deps.withLease(`relay-to-devin:${sessionId}`, async (lease) =>
      relay(sessionId, { signal: AbortSignal.any([signal, lease.held]), lease }),
    );
    const othersMs = await soonIfBusy(relaying);
    return urgentMs === null || othersMs === null ? (urgentMs ?? othersMs) : Math.min(urgentMs, othersMs);
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
  { resolve, check, slack }: ConversingDeps,
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
      : await slack.presence({ channelId: session.channelId, userId });
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
