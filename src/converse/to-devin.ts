import { lookupTrouble, refusedAs } from '../create/index.ts';
import type { IdentityResolver } from '../identity/resolve.ts';
import type { Enqueue, Lease, WithLease } from '../queue/index.ts';
import type { Identity } from '../session/identity.ts';
import type { ReplyKind } from '../session/reply.ts';
import type { Steering } from '../session/steering.ts';
import type { PresenceOf } from '../slack/conversations.ts';
import type { Replies, Reply } from '../store/replies.ts';
import type { SessionRequest } from '../store/request-row.ts';
import type { Requests } from '../store/requests.ts';
import type { SessionRow, Sessions } from '../store/sessions.ts';
import { DONE } from './reply-moves.ts';
import type { MoveReply, ReplyOutcome } from './reply-moves.ts';
import type { SendReply } from './send-reply.ts';
import type { SyncThread, ThreadWords } from './thread-words.ts';

type ToDevinDeps = {
  sessions: Pick<Sessions, 'find'>;
  requests: Pick<Requests, 'find'>;
  replies: Pick<Replies, 'nextOpen'>;
  resolver: IdentityResolver;
  check: (request: SessionRequest, userId: string) => Promise<Steering>;
  presence: PresenceOf;
  sender: SendReply;
  settle: (session: SessionRow, reply: Reply, signal: AbortSignal) => Promise<ReplyOutcome>;
  words: ThreadWords;
  sync: SyncThread;
  move: MoveReply;
  withLease: WithLease;
  enqueue: Enqueue;
  /** How soon it is tried again while another process is at it. */
  busyMs: number;
};

type Said = { session: SessionRow; request: SessionRequest; reply: Reply };
/** Without a lease, others may be at it at the same time. */
type Work = { signal: AbortSignal; lease?: Lease };
type Admission = { kind: 'admitted'; identity: Identity } | { kind: 'ended'; outcome: ReplyOutcome };

/** Who says these wants to pay no more, and does not wait for what was said before and cannot be sent now. */
const URGENT = ['stop'] as const;

/** Takes what was said about a session to Devin: in order, each once, by one process at a time. */
export function createRelayToDevin(deps: ToDevinDeps) {
  const { sessions, requests, replies, sender, move, withLease, enqueue } = deps;

  async function again(sessionId: string, startAfterMs: number): Promise<void> {
    await enqueue('relay-to-devin', { sessionId }, { key: sessionId, startAfterMs });
  }

  async function handle(said: Said, { signal, lease }: Work): Promise<ReplyOutcome> {
    const { session, reply } = said;
    if (reply.state === 'sending') return deps.settle(session, reply, signal);
    if (isKeptFromDevin(session, reply)) {
      await move({ id: reply.id, from: ['accepted'], to: 'skipped' });
      return DONE;
    }
    if (isTooLate(session, reply)) return sender.fail(reply, { kind: 'ended' });
    // Another reply has come meanwhile; Devin wants to be left alone all the same.
    if (reply.waitMs > 0) return { kind: 'later', afterMs: reply.waitMs };
    const admission = await admit(deps, said);
    if (admission.kind === 'ended') return admission.outcome;
    if (reply.kind === 'sync') return deps.sync(said, signal);
    if (reply.kind !== 'reply' && reply.kind !== 'correction')
      return deps.words(session, { ...reply, kind: reply.kind });
    return sender.send({ session, reply, identity: admission.identity, signal, ...(lease && { lease }) });
  }

  async function relay(sessionId: string, work: Work, kinds?: readonly ReplyKind[]): Promise<void> {
    for (;;) {
      work.signal.throwIfAborted();
      const reply = await replies.nextOpen(sessionId, kinds);
      const session = reply === null ? null : await sessions.find(sessionId);
      const request = session === null ? null : await requests.find(session.requestId);
      if (reply === null || session === null || request === null) return;
      const outcome = await handle({ session, request, reply }, work);
      if (outcome.kind === 'later') return again(sessionId, outcome.afterMs);
    }
  }

  return async (sessionId: string, signal: AbortSignal): Promise<void> => {
    // Without the lease, too: a word is done in one transaction, by the first process that gets to it.
    await relay(sessionId, { signal }, URGENT);
    const { kind } = await withLease(`relay-to-devin:${sessionId}`, async (lease) =>
      relay(sessionId, { signal: AbortSignal.any([signal, lease.held]), lease }),
    );
    if (kind === 'busy') await again(sessionId, deps.busyMs);
  };
}

/** It was stopped from here: nothing more can be said to it, and Devin need not be asked. */
function isTooLate({ stoppedBy }: SessionRow, reply: Reply): boolean {
  return isSpeech(reply) && stoppedBy !== null;
}

function isSpeech({ kind }: Reply): boolean {
  return kind === 'reply' || kind === 'correction';
}

/** A mute or an end of the following holds for what is written in the thread, not for boxes and commands. */
function isKeptFromDevin({ muted, synced }: SessionRow, reply: Reply): boolean {
  return isSpeech(reply) && reply.messageTs !== null && (muted || !synced);
}

/** Who it goes as, if it may. */
async function admit(deps: ToDevinDeps, { session, request, reply }: Said): Promise<Admission> {
  const { resolver, check, sender } = deps;
  try {
    const identity = await resolver.resolve({ teamId: reply.teamId, userId: reply.userId });
    if (identity.kind === 'refused') {
      return { kind: 'ended', outcome: await sender.fail(reply, refusedAs(identity)) };
    }
    if (await isOutside(deps, session, reply))
      return { kind: 'ended', outcome: await sender.fail(reply, { kind: 'not-in-conversation' }) };
    const steering = await check(request, reply.userId);
    if (steering.kind === 'allowed') return { kind: 'admitted', identity };
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

/** What is said in a box or by a command is shown in the thread; who writes there is in the conversation. */
async function isOutside({ presence }: ToDevinDeps, session: SessionRow, reply: Reply): Promise<boolean> {
  if (reply.via === null) return false;
  return (await presence({ channelId: session.channelId, userId: reply.userId })) === 'out';
}
