import type { Button } from '@slack/types';
import { lookupFailure, refusedAs } from '../failures.ts';
import { Later, type Queue } from '../queue/index.ts';
import { draftForOthers } from '../session/credentials.ts';
import type { Identity } from '../session/identity.ts';
import { isOver } from '../session/lifecycle.ts';
import { type ReplyFailure, isRefusedReply } from '../session/reply.ts';
import { isUndecided } from '../session/request.ts';
import { refuseSteering } from '../slack/authority.ts';
import { DELIVERED_REACTION, TAKEN_REACTION } from '../slack/edge/ids.ts';
import type { PrivatePlace } from '../slack/edge/outbound.ts';
import { isLetIn, placeColumns } from '../slack/edge/places.ts';
import { tellOnce } from '../slack/tell-once.ts';
import { replyMessage, notice, refusal } from '../slack/views/notices.ts';
import type { Rendered } from '../slack/views/objects.ts';
import { resendButton, runAgainButton } from '../slack/views/steering.ts';
import { escape } from '../slack/views/text.ts';
import { overBudgetWords } from '../slack/views/whoami.ts';
import type { Reply } from '../store/replies.ts';
import { findFollowed, cardThread, findSteered } from '../store/requests.ts';
import type { SessionRow } from '../store/sessions.ts';
import type { Text } from '../text/index.ts';
import {
  type ConverseContext,
  moveReply,
  NotDeliveredError,
  type ReplyInThread,
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
 * busy or down. `id`: of the session, or of a request that had none yet.
 */
async function relay(c: ConverseContext, id: string, signal: AbortSignal): Promise<void> {
  const thread = await findSteered(c.store, id);
  if (thread === null) return;
  const session = thread.session ?? (await c.store.sessions.ofRequest(id));
  if (session !== null) {
    if (session.sessionId !== id) await c.store.replies.adopt(id, session.sessionId);
    return relayAll(c, session.sessionId, signal);
  }
  if (!isUndecided(thread.request.state)) await failAll(c, id, { kind: 'not-started' });
}

/** What waits, but not what another process sends meanwhile. */
async function failAll(c: ConverseContext, id: string, failure: ReplyFailure): Promise<void> {
  const thread = await findSteered(c.store, id);
  for (;;) {
    const reply = await c.store.replies.nextOpen(id);
    if (thread === null || reply?.state !== 'accepted') return;
    await moveReply(c, { ...thread, reply }, { from: ['accepted'], to: 'failed', changes: { failure } });
  }
}

async function relayAll(c: ConverseContext, sessionId: string, stopping: AbortSignal): Promise<void> {
  return c.withLease(`relay-to-devin:${sessionId}`, async (lease) => {
    const signal = AbortSignal.any([stopping, lease.held]);
    for (;;) {
      signal.throwIfAborted();
      const reply = await c.store.replies.nextOpen(sessionId);
      const followed = reply === null ? null : await findFollowed(c.store, sessionId);
      if (reply === null || followed === null) return;
      const sending = { ...followed, reply, signal, lease };
      try {
        await handle(c, sending);
      } catch (error) {
        const why = error instanceof NotDeliveredError ? error : lookupFailure(error);
        // The replies after it wait too, so that they stay in order.
        if (why instanceof Later) throw why;
        const changes = { failure: why.failure };
        await moveReply(c, sending, { from: ['accepted', 'sending'], to: 'failed', changes });
      }
    }
  });
}

async function handle(c: ConverseContext, sending: SendingReply): Promise<void> {
  const { session, reply } = sending;
  if (reply.state === 'sending') return settle(c, sending);
  if (session.mutedBy !== null && isSaidThere(session, reply)) {
    await moveReply(c, sending, { from: ['accepted'], to: 'skipped' });
    return;
  }
  // It was stopped from here: there is no need to ask Devin.
  if (session.stoppedBy !== null && isOver(session)) throw new NotDeliveredError({ kind: 'ended' });
  const identity = await authorize(c, sending);
  await c.store.sessions.touch(session.requestId);
  await send(c, sending, identity);
}

/** Not in a dialog, by a command, or in a direct message that brought the question. */
function isSaidThere({ channelId }: SessionRow, reply: Reply): boolean {
  return reply.messageTs !== null && reply.channelId === channelId;
}

/** Whose name it is sent in, if the person may. */
async function authorize(c: ConverseContext, { session, request, reply }: SendingReply): Promise<Identity> {
  const { teamId, userId } = reply;
  const identity = await c.resolve({ teamId, userId });
  if (identity.kind === 'refused') throw new NotDeliveredError(refusedAs(identity));
  // Anyone who writes in the thread is in its conversation; not who uses a button of the card, or a command.
  if (!isSaidThere(session, reply)) {
    const presence = await c.slack.presence({ channelId: session.channelId, userId });
    if (!isLetIn(presence, request.userId === userId))
      throw new NotDeliveredError({ kind: 'not-in-conversation' });
  }
  const steering = await c.check(request, userId, identity);
  if (steering.kind !== 'allowed') throw new NotDeliveredError(steering);
  return identity;
}

/** Shows an author where a reply is: a reaction on the message, or a private notice. */
async function showReply(c: ConverseContext, replyId: string): Promise<void> {
  const reply = await c.store.replies.find(replyId);
  const thread = reply === null ? null : await findSteered(c.store, reply.sessionId);
  if (reply === null || thread === null || reply.state === 'held') return;
  const told = { reply, ...thread };
  if (isOnItsWay(reply)) return addTaken(c, told);
  if (reply.state === 'delivered') await mark(c, reply, { how: 'react', name: DELIVERED_REACTION });
  await mark(c, reply, NOT_TAKEN);
  await tellAuthor(c, told);
}

const isOnItsWay = ({ state }: Reply): boolean => state === 'accepted' || state === 'sending';

const NOT_TAKEN = { how: 'unreact', name: TAKEN_REACTION } as const;

/** Until Devin has it, if its author may steer the session. */
async function addTaken(c: ConverseContext, { request, reply }: ReplyInThread): Promise<void> {
  if ((await c.check(request, reply.userId)).kind !== 'allowed') return;
  await mark(c, reply, { how: 'react', name: TAKEN_REACTION });
  // It may have ended meanwhile, before there was a reaction to remove.
  const after = await c.store.replies.find(reply.id);
  if (after === null || !isOnItsWay(after)) await mark(c, reply, NOT_TAKEN);
}

/** Throws if Slack can't add it now: without it, the author would hear nothing. One that Slack keeps does no harm. */
async function mark(
  { slack: { outbound } }: ConverseContext,
  { channelId, messageTs: ts }: Reply,
  { how, name }: { how: 'react' | 'unreact'; name: string },
): Promise<void> {
  if (channelId !== null && ts !== null) await outbound[how](channelId, ts, name);
}

/** What didn't reach Devin, and why. People may write in a thread again and again: who may not steer is told once. */
async function tellAuthor(c: ConverseContext, told: ReplyInThread): Promise<void> {
  const { sessionId, userId, failure, messageTs } = told.reply;
  const text = await c.slack.textFor(userId);
  const tell = async (message: Rendered | null): Promise<void> => {
    if (message !== null) await c.slack.outbound.tellPrivately(privatePlace(told), message);
  };
  if (failure === null || messageTs === null || !isRefusedReply(failure))
    return tell(await noticeOf(c, told, text));
  const sentences = [reasonOf(failure, told, text), text.thread.staysHere];
  const once = { sessionId, userId, reason: 'may-not-steer' } as const;
  await tellOnce(c.store, once, async () => tell(notice(sentences)));
}

/** In the thread if the reply was written there, otherwise in a direct message. */
function privatePlace({ reply, request, session }: ReplyInThread): PrivatePlace {
  const { userId, channelId, messageTs: ts } = reply;
  const thread = session ?? { ...request, threadTs: cardThread(request) ?? request.cardTs };
  const isInThread = ts !== null && thread.channelId === channelId;
  return { userId, channelId, threadTs: isInThread ? thread.threadTs : null };
}

/** null: all of it reached Devin, or nothing of it should. */
async function noticeOf(c: ConverseContext, told: ReplyInThread, text: Text): Promise<Rendered | null> {
  const { id, state, text: typed, failure, files } = told.reply;
  const { thread, notices } = text;
  const leftOut = files.flatMap(({ name, leftOut: reason }) =>
    reason === undefined ? [] : [escape(notices.leftOut[reason](name))],
  );
  if (failure !== null) {
    const offer = await offerAfter(c, told, { failure, text });
    return refusal(
      { title: thread.notDelivered, problems: [reasonOf(failure, told, text)], typed, offer },
      text,
    );
  }
  if (state === 'unknown') {
    const offer = resendButton(id, text);
    return refusal({ title: thread.notSure, problems: [thread.unknown, ...leftOut], typed, offer }, text);
  }
  const heading = state === 'delivered' ? thread.leftOut : thread.notDelivered;
  return leftOut.length === 0 ? null : notice([heading, ...leftOut]);
}

/** If someone else has to act first, another attempt changes nothing. */
async function offerAfter(
  c: ConverseContext,
  told: ReplyInThread,
  { failure, text }: { failure: ReplyFailure; text: Text },
): Promise<Button | null> {
  if (failure.kind === 'ended') return runAgainButton(await offerForm(c, told), text);
  const isFinal = isRefusedReply(failure) || failure.kind === 'not-started';
  return isFinal ? null : resendButton(told.reply.id, text);
}

/** In Slack's markup. */
function reasonOf(failure: ReplyFailure, { reply, request }: ReplyInThread, text: Text): string {
  const asked = { request, userId: reply.userId };
  switch (failure.kind) {
    case 'requester-only':
    case 'members-only':
      return refuseSteering({ kind: failure.kind, identity: null }, asked, text);
    case 'over-budget':
      return overBudgetWords(failure, text);
    default:
      return escape(replyMessage(failure, text));
  }
}

/** A form filled in like the session's request, with the reply as its task: one for each wording, however often it's told. */
async function offerForm({ store }: ConverseContext, { reply, request }: ReplyInThread): Promise<string> {
  const { prompt: _task, ...values } = request.draft.values;
  const given = { ...request.draft, values };
  const draft = reply.userId === request.userId ? given : draftForOthers(given);
  const id = reply.editedTs === null ? reply.id : `${reply.id}:${reply.editedTs}`;
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
    secretNames: request.secretNames,
    faults: {},
  });
  return id;
}
