import { lookupFailure, refusedAs } from '../failures.ts';
import { Later, type Queue } from '../queue/index.ts';
import { draftForOthers } from '../session/credentials.ts';
import type { Identity } from '../session/identity.ts';
import { isOver } from '../session/lifecycle.ts';
import { type ReplyFailure, isRefusedReply } from '../session/reply.ts';
import { isPending } from '../session/request.ts';
import { refuseSteering } from '../slack/authority.ts';
import { DELIVERED_REACTION, TAKEN_REACTION } from '../slack/edge/ids.ts';
import type { PrivatePlace } from '../slack/edge/outbound.ts';
import { isLetIn, placeColumns } from '../slack/edge/places.ts';
import { tellOnce } from '../slack/tell-once.ts';
import { replyMessage, notice } from '../slack/views/notices.ts';
import { renderReplyNotice, type ReplyNotice } from '../slack/views/steering.ts';
import { escape } from '../slack/views/text.ts';
import { overBudgetWords } from '../slack/views/whoami.ts';
import type { Reply } from '../store/replies.ts';
import {
  findFollowed,
  cardThread,
  type SessionRequest,
  findSteered,
  lostSecrets,
  type SteeredThread,
} from '../store/requests.ts';
import type { SessionRow } from '../store/sessions.ts';
import type { Text } from '../text/index.ts';
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
  if (session.mutedBy !== null && isSaidThere(session, reply)) {
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

/** `session`: null: its request has none yet, or ended without one. */
type Told = SteeredThread & { reply: Reply };

/** Shows an author where a reply is: a reaction on the message, or a private notice. */
async function showReply(c: ConverseContext, replyId: string): Promise<void> {
  const reply = await c.store.replies.find(replyId);
  const thread = reply === null ? null : await findSteered(c.store, reply.sessionId);
  if (reply === null || thread === null) return;
  const told = { reply, ...thread };
  switch (reply.state) {
    case 'held':
      return;
    case 'accepted':
    case 'sending':
      return addTaken(c, told);
    case 'delivered':
      await addReaction(c, reply, DELIVERED_REACTION);
      await removeTaken(c, reply);
      return tellLeftOut(c, told);
    case 'skipped':
      await removeTaken(c, reply);
      return tellLeftOut(c, told);
    default:
      await removeTaken(c, reply);
      return tellUndelivered(c, told);
  }
}

/** Until Devin has it, if its author may steer the session. */
async function addTaken(c: ConverseContext, { request, reply }: Told): Promise<void> {
  if ((await c.check(request, reply.userId)).kind !== 'allowed') return;
  await addReaction(c, reply, TAKEN_REACTION);
  // It may have ended meanwhile, before there was a reaction to remove.
  const after = await c.store.replies.find(reply.id);
  if (after?.state !== 'accepted' && after?.state !== 'sending') await removeTaken(c, reply);
}

/** If Slack keeps it, it does no harm beside the other reaction. */
async function removeTaken({ slack }: ConverseContext, { channelId, messageTs: ts }: Reply): Promise<void> {
  if (channelId !== null && ts !== null) await slack.outbound.unreact(channelId, ts, TAKEN_REACTION);
}

/** Throws if Slack can't do it now: without it, the author would hear nothing. */
async function addReaction(
  { slack }: ConverseContext,
  { channelId, messageTs: ts }: Reply,
  name: string,
): Promise<void> {
  if (channelId === null || ts === null) return;
  await slack.outbound.react(channelId, ts, name);
}

async function tellLeftOut({ slack }: ConverseContext, told: Told): Promise<void> {
  const { state, userId, files } = told.reply;
  const { thread, notices } = await slack.textFor(userId);
  const leftOut = leftOutSentences(files, notices);
  const heading = state === 'delivered' ? thread.leftOut : thread.notDelivered;
  if (leftOut.length > 0)
    await slack.outbound.tellPrivately(privatePlace(told), notice([heading, ...leftOut]));
}

/** People may write in a thread again and again: who may not steer is told once. */
async function tellUndelivered(c: ConverseContext, told: Told): Promise<void> {
  const { sessionId, userId, failure, messageTs } = told.reply;
  const { outbound, textFor } = c.slack;
  const text = await textFor(userId);
  const place = privatePlace(told);
  if (failure === null || messageTs === null || !isRefusedReply(failure))
    return outbound.tellPrivately(place, await noticeOf(c, told, text));
  const sentences = [reasonOf(failure, told, text), text.thread.staysHere];
  const once = { sessionId, userId, reason: 'may-not-steer' } as const;
  await tellOnce(c.store, once, async () => outbound.tellPrivately(place, notice(sentences)));
}

/** In the thread if the reply was written there, otherwise in a direct message. */
function privatePlace({ reply, request, session }: Told): PrivatePlace {
  const { userId, channelId, messageTs: ts } = reply;
  const thread = session ?? { ...request, threadTs: cardThread(request) ?? request.cardTs };
  const isInThread = ts !== null && thread.channelId === channelId;
  return { userId, channelId, threadTs: isInThread ? thread.threadTs : null };
}

function leftOutSentences(files: Reply['files'], notices: Text['notices']): string[] {
  return files.flatMap(({ name, leftOut }) =>
    leftOut === undefined ? [] : [escape(notices.leftOut[leftOut](name))],
  );
}

async function noticeOf(c: ConverseContext, { reply, request }: Told, text: Text) {
  const { id, text: typed, failure, files } = reply;
  const again = { does: 'sendAgain', id } as const;
  if (failure === null) {
    const sentences = [text.thread.unknown, ...leftOutSentences(files, text.notices)];
    return renderReplyNotice({ heading: text.thread.notSure, sentences, typed, offer: again }, text);
  }
  const offer = await offerAfter(c, { reply, request, failure });
  const sentences = [reasonOf(failure, { reply, request }, text)];
  return renderReplyNotice({ heading: text.thread.notDelivered, sentences, typed, offer }, text);
}

type Undelivered = { reply: Reply; request: SessionRequest };

/** If someone else has to act first, another attempt changes nothing. */
async function offerAfter(
  c: ConverseContext,
  { reply, request, failure }: Undelivered & { failure: ReplyFailure },
): Promise<ReplyNotice['offer']> {
  if (failure.kind === 'ended') return offerForm(c, { reply, request });
  const isFinal = isRefusedReply(failure) || failure.kind === 'not-started';
  return isFinal ? null : { does: 'sendAgain', id: reply.id };
}

/** In Slack's markup. */
function reasonOf(failure: ReplyFailure, { reply, request }: Undelivered, text: Text): string {
  const asked = { request, userId: reply.userId };
  switch (failure.kind) {
    case 'requester-only':
      return refuseSteering({ kind: failure.kind }, asked, text);
    case 'members-only':
      return refuseSteering({ kind: failure.kind, identity: null }, asked, text);
    case 'over-budget':
      return overBudgetWords(failure, text);
    default:
      return escape(replyMessage(failure, text));
  }
}

/** A form filled in like the session's request, with the reply as its task: one for each wording, however often it's told. */
async function offerForm(
  { store }: ConverseContext,
  { reply, request }: Undelivered,
): Promise<ReplyNotice['offer']> {
  const { prompt: _task, ...values } = request.draft.values;
  const given = { ...request.draft, values };
  const draft = reply.userId === request.userId ? given : draftForOthers(given);
  const id = [reply.id, ...(reply.editedTs === null ? [] : [reply.editedTs])].join(':');
  await store.forms.insert({
    ...placeColumns({ ...request, userId: reply.userId }),
    id,
    draft: {
      ...draft,
      values: { ...draft.values, prompt: reply.text },
      sources: { ...draft.sources, prompt: 'request' },
    },
    context: null,
    sealed: null,
    lostSecrets: lostSecrets(request),
    faults: {},
  });
  return { does: 'openForm', id };
}
