import { lookupFailure, refusedAs } from '../failures.ts';
import { Later, type Queue } from '../queue/index.ts';
import type { Identity } from '../session/identity.ts';
import { isOver } from '../session/lifecycle.ts';
import type { ReplyFailure } from '../session/reply.ts';
import { isPending } from '../session/request.ts';
import { isLetIn } from '../slack/edge/places.ts';
import type { Reply } from '../store/replies.ts';
import { findFollowed } from '../store/requests.ts';
import type { SessionRow } from '../store/sessions.ts';
import { showReply } from './notify-reply.ts';
import {
  type ConverseContext,
  moveReply,
  NotDeliveredError,
  type ReplyInSession,
  send,
  type SendingReply,
  settle,
} from './send-reply.ts';

/** Takes what people say in the thread, in dialogs and by commands to Devin. A slow session delays only itself. */
export function createConversing(queue: Pick<Queue, 'work'>, context: ConverseContext): void {
  queue.work('relay-to-devin', async ({ sessionId }, { signal }) => relay(context, sessionId, signal), {
    concurrency: 30,
    over: async ({ sessionId }, waiting) => failAll(context, sessionId, { kind: 'gave-up', waiting }),
  });
  queue.work('tell-reply', async ({ replyId }) => showReply(context, replyId), { concurrency: 4 });
}

/**
 * Takes what people say about a session to Devin: in order, each once, one process at a time. Throws a Later if Devin is
 * busy or down. `id`: of the session, or of a request that has none yet.
 */
async function relay(c: ConverseContext, id: string, signal: AbortSignal): Promise<void> {
  const request = await c.store.requests.find(id);
  if (request !== null) {
    const session = await c.store.sessions.ofRequest(id);
    if (session === null) {
      if (!isPending(request.state) && request.state !== 'unknown')
        await failAll(c, id, { kind: 'not-started' });
      return;
    }
    await c.store.replies.adopt(id, session.sessionId);
    return relay(c, session.sessionId, signal);
  }
  return c.withLease(`relay-to-devin:${id}`, async (lease) =>
    relayAll(c, id, { signal: AbortSignal.any([signal, lease.held]), lease }),
  );
}

/** What waits, but not what another process sends meanwhile. */
async function failAll(c: ConverseContext, id: string, failure: ReplyFailure): Promise<void> {
  for (;;) {
    const reply = await c.store.replies.nextOpen(id);
    if (reply?.state !== 'accepted') return;
    await moveReply(c, { id: reply.id, from: ['accepted'], to: 'failed', changes: { failure } });
  }
}

async function relayAll(
  c: ConverseContext,
  sessionId: string,
  run: Pick<SendingReply, 'signal' | 'lease'>,
): Promise<void> {
  for (;;) {
    run.signal.throwIfAborted();
    const reply = await c.store.replies.nextOpen(sessionId);
    const followed = reply === null ? null : await findFollowed(c.store, sessionId);
    if (reply === null || followed === null) return;
    try {
      await handle(c, { ...followed, reply }, run);
    } catch (error) {
      const why = error instanceof NotDeliveredError ? error : lookupFailure(error);
      // The replies after it wait too, so that they stay in order.
      if (why instanceof Later) throw why;
      await moveReply(c, {
        id: reply.id,
        from: ['accepted', 'sending'],
        to: 'failed',
        changes: { failure: why.failure },
      });
    }
  }
}

async function handle(
  c: ConverseContext,
  inSession: ReplyInSession,
  run: Pick<SendingReply, 'signal' | 'lease'>,
): Promise<void> {
  const { session, reply } = inSession;
  if (reply.state === 'sending') return settle(c, inSession, run.signal);
  if (session.muted && isSaidThere(session, reply)) {
    await moveReply(c, { id: reply.id, from: ['accepted'], to: 'skipped' });
    return;
  }
  // It was stopped from here: there is no need to ask Devin.
  if (session.stoppedBy !== null && isOver(session)) throw new NotDeliveredError({ kind: 'ended' });
  const identity = await authorize(c, inSession);
  await c.store.sessions.touch(session.requestId);
  await send(c, { ...inSession, ...run, identity });
}

/** Not in a dialog, by a command, or in a direct message that brought the question. */
function isSaidThere({ channelId }: SessionRow, reply: Reply): boolean {
  return reply.messageTs !== null && reply.channelId === channelId;
}

/** Whose name it is sent in, if the person may. */
async function authorize(c: ConverseContext, { session, request, reply }: ReplyInSession): Promise<Identity> {
  const { teamId, userId } = reply;
  const identity = await c.resolve({ teamId, userId });
  if (identity.kind === 'refused') throw new NotDeliveredError(refusedAs(identity));
  // Anyone who writes in the thread is in its conversation; not who uses a button of the card, or a command.
  const presence = isSaidThere(session, reply)
    ? null
    : await c.slack.presence({ channelId: session.channelId, userId });
  if (presence !== null && !isLetIn(presence, request.userId === userId))
    throw new NotDeliveredError({ kind: 'not-in-conversation' });
  const steering = await c.check(request, userId, identity);
  if (steering.kind !== 'allowed') throw new NotDeliveredError(steering);
  return identity;
}
