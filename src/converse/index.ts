import { lookupTrouble, refusedAs } from '../create/index.ts';
import type { Devin } from '../devin/devin.ts';
import type { ResolveIdentity } from '../identity/resolve.ts';
import { soonIfBusy, type Lease, type Queue, type SearchUntilFound, type WithLease } from '../queue/index.ts';
import type { Identity } from '../session/identity.ts';
import { isOver } from '../session/lifecycle.ts';
import { isMessage, type ReplyKind } from '../session/reply.ts';
import type { SessionSnapshot } from '../session/snapshot.ts';
import { isLetIn, type PresenceOf } from '../slack/conversations.ts';
import type { Slack } from '../slack/slack.ts';
import { createTellOnce } from '../slack/tell-once.ts';
import type { Replies, Reply } from '../store/replies.ts';
import { findFollowed, type Followed, type Requests } from '../store/requests.ts';
import type { SessionRow, Sessions } from '../store/sessions.ts';
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
  const notifier = createReplyNotifier({
    replies,
    sessions,
    requests,
    forms,
    tellOnce: createTellOnce({ leases, notices }),
    notices,
    check,
    outbound,
    textFor,
  });
  const relay = createRelay(deps);
  queue.work('relay-to-devin', async ({ sessionId }, { signal }) => relay(sessionId, signal), THREADS);
  queue.work('mark-taken', async ({ replyId }) => notifier.markTaken(replyId), { concurrency: 4 });
  queue.work('tell-reply', async ({ replyId }) => notifier.notify(replyId), { concurrency: 4 });
}

function createRelay(deps: ConversingDeps) {
  const { queue, store, devin, slack, resolve, check, recordAnswer, mayFallBack } = deps;
  const { withLease, fetchMessages, searchUntilFound } = deps;
  const { log, now } = deps.tuning;
  const { db, requests, sessions, replies, echoes, messages, cards } = store;
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
  const applyKeyword = createApplyKeyword({
    db,
    sessions,
    cards,
    messages,
    replies,
    fetchMessages,
    withLease,
    enqueue,
    now,
    log,
  });
  return createRelayToDevin({
    sessions,
    requests,
    replies,
    resolve,
    check,
    presence: slack.presence,
    sender,
    settle,
    applyKeyword,
    move,
    withLease,
  });
}

type RelayDeps = {
  /** `touch`: the request's session is polled soon, whatever a person wants of it. */
  sessions: Pick<Sessions, 'find' | 'touch'>;
  requests: Pick<Requests, 'find'>;
  replies: Pick<Replies, 'nextOpen'>;
  resolve: ResolveIdentity;
  check: SteeringCheck;
  presence: PresenceOf;
  sender: ReplySender;
  settle: SettleReply;
  applyKeyword: ApplyKeyword;
  move: MoveReply;
  withLease: WithLease;
};

/** Without a lease, another process may work on the same reply. */
type Run = { signal: AbortSignal; lease?: Lease };
type Authorization = { kind: 'authorized'; identity: Identity } | { kind: 'ended'; outcome: ReplyOutcome };

/** Stopping saves money, so it doesn't wait for replies that can't be sent now. */
const URGENT = ['stop'] as const;

/** Takes what people say about a session to Devin: in order, each once, one process at a time. */
function createRelayToDevin(deps: RelayDeps) {
  const { replies, sessions, sender, move, withLease } = deps;

  async function handle(inSession: ReplyInSession, { signal, lease }: Run): Promise<ReplyOutcome> {
    const { session, reply } = inSession;
    if (reply.state === 'sending') return deps.settle(inSession, signal);
    if (isKeptFromDevin(session, reply)) {
      await move({ id: reply.id, from: ['accepted'], to: 'skipped' });
      return null;
    }
    // It was stopped from here: there is no need to ask Devin.
    if (isMessage(reply) && session.stoppedBy !== null && isOver(session))
      return sender.fail(reply, { kind: 'ended' });
    // A newer reply started this run, but Devin asked for a pause.
    if (reply.waitMs > 0) return reply.waitMs;
    const authorization = await authorize(deps, inSession);
    if (authorization.kind === 'ended') return authorization.outcome;
    await sessions.touch(session.requestId);
    const { kind } = reply;
    if (kind !== 'reply' && kind !== 'correction') return deps.applyKeyword(kind, inSession, signal);
    const { identity } = authorization;
    return sender.send({ ...inSession, identity, signal, ...(lease && { lease }) });
  }

  /** When to continue, in ms; null: nothing waits. */
  async function relay(sessionId: string, run: Run, kinds?: readonly ReplyKind[]): Promise<number | null> {
    for (;;) {
      run.signal.throwIfAborted();
      const reply = await replies.nextOpen(sessionId, kinds);
      const followed = reply === null ? null : await findFollowed(deps, sessionId);
      if (reply === null || followed === null) return null;
      const waitMs = await handle({ ...followed, reply }, run);
      if (waitMs !== null) return waitMs;
    }
  }

  return async (sessionId: string, signal: AbortSignal): Promise<number | null> => {
    // No lease needed: a keyword takes one transaction, and the first process wins.
    const urgentMs = await relay(sessionId, { signal }, URGENT);
    const relaying = withLease(`relay-to-devin:${sessionId}`, async (lease) =>
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

/** Whose name it is sent in, if the person may. */
async function authorize(
  deps: RelayDeps,
  { session, request, reply }: ReplyInSession,
): Promise<Authorization> {
  const { resolve, check, sender } = deps;
  const { teamId, userId } = reply;
  try {
    const identity = await resolve({ teamId, userId });
    if (identity.kind === 'refused')
      return { kind: 'ended', outcome: await sender.fail(reply, refusedAs(identity)) };
    if (await isOutside(deps, { session, request, reply }))
      return { kind: 'ended', outcome: await sender.fail(reply, { kind: 'not-in-conversation' }) };
    const steering = await check(request, userId, identity);
    if (steering.kind === 'allowed') return { kind: 'authorized', identity };
    return { kind: 'ended', outcome: await sender.fail(reply, steering) };
  } catch (error) {
    const trouble = lookupTrouble(error);
    const outcome =
      trouble.kind === 'final'
        ? await sender.fail(reply, trouble.failure)
        : await sender.wait(reply, trouble);
    return { kind: 'ended', outcome };
  }
}

/** Not what is written in the thread, but what is said elsewhere, or by a button of the card. */
async function isOutside(
  { presence }: RelayDeps,
  { session, request, reply }: ReplyInSession,
): Promise<boolean> {
  // Anyone who writes there is in the conversation.
  if (isSaidThere(session, reply)) return false;
  const { userId } = reply;
  return !isLetIn(await presence({ channelId: session.channelId, userId }), request.userId === userId);
}
