import { Later } from '../queue/index.ts';
import { draftFor } from '../session/credentials.ts';
import { isRefusedReply, type ReplyFailure } from '../session/reply.ts';
import { refuseSteering } from '../slack/authority.ts';
import { DELIVERED_REACTION, TAKEN_REACTION } from '../slack/edge/ids.ts';
import type { PrivatePlace } from '../slack/edge/outbound.ts';
import { placeColumns } from '../slack/edge/places.ts';
import { tellOnce } from '../slack/tell-once.ts';
import { refusalSentence, replyMessage, notice } from '../slack/views/notices.ts';
import { renderReplyNotice, type ReplyNotice } from '../slack/views/steering.ts';
import { escape } from '../slack/views/text.ts';
import { overBudgetWords } from '../slack/views/whoami.ts';
import type { Reply } from '../store/replies.ts';
import {
  cardThread,
  type SessionRequest,
  findSteered,
  lostSecrets,
  type SteeredThread,
} from '../store/requests.ts';
import type { Text } from '../text/index.ts';
import type { ConverseContext } from './send-reply.ts';

/** `session`: null: its request has none yet, or ended without one. */
type Told = SteeredThread & { reply: Reply };

/** Shows an author where a reply is: a reaction on the message, or a private notice. */
export async function showReply(c: ConverseContext, replyId: string): Promise<void> {
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
  const { kind } = await slack.outbound.react(channelId, ts, name);
  if (kind === 'rate-limited' || kind === 'unclear') throw new Later('slack');
}

async function tellLeftOut({ slack }: ConverseContext, told: Told): Promise<void> {
  const { state, userId, files } = told.reply;
  const { thread, notices } = await slack.textFor(userId);
  const leftOut = leftOutSentences(files, notices);
  const heading = state === 'delivered' ? thread.leftOut : thread.notDelivered;
  if (leftOut.length > 0)
    await slack.outbound.tellPrivately(privatePlace(told), notice([heading, ...leftOut]));
}

async function tellUndelivered(c: ConverseContext, told: Told): Promise<void> {
  const { reply, request } = told;
  const { sessionId, userId } = reply;
  const { outbound, textFor } = c.slack;
  const text = await textFor(userId);
  const place = privatePlace(told);
  const mayNotSteer = mayNotSteerSentence(reply, request, text);
  if (mayNotSteer === null) return outbound.tellPrivately(place, await noticeOf(c, told, text));
  const once = { sessionId, userId, reason: 'may-not-steer' } as const;
  await tellOnce(c.store, once, async () => outbound.tellPrivately(place, notice([mayNotSteer])));
}

/** For a message in the thread whose author may not steer; null: it ended otherwise. */
function mayNotSteerSentence(
  { failure, messageTs: ts }: Reply,
  request: SessionRequest,
  text: Text,
): string | null {
  const { thread } = text;
  if (ts === null) return null;
  switch (failure?.kind) {
    case 'requester-only':
      return thread.requesterSteers(`<@${escape(request.userId)}>`);
    case 'members-only':
      return thread.membersSteer;
    case 'identity':
      if (failure.reason === 'unknown') return thread.membersSteer;
      return text.joins.sentences([escape(refusalSentence(failure, text)), thread.staysHere]);
    default:
      return null;
  }
}

/** In the thread if the reply was written there, otherwise in a direct message. */
function privatePlace({ reply, request, session }: Told): PrivatePlace {
  const { userId, channelId, messageTs: ts } = reply;
  const thread = session ?? { ...request, threadTs: cardThread(request) ?? request.cardTs };
  const isInThread = ts !== null && thread.channelId === channelId;
  return { userId, channelId, threadTs: isInThread ? thread.threadTs : null, responseUrl: null };
}

function leftOutSentences(files: Reply['files'], notices: Text['notices']): string[] {
  return files.flatMap(({ name, leftOut }) =>
    leftOut === undefined ? [] : [escape(notices.leftOut[leftOut](name))],
  );
}

async function noticeOf(c: ConverseContext, { reply, request }: Told, text: Text) {
  const { id, text: typed, failure, files } = reply;
  const again = { kind: 'send-again', replyId: id } as const;
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
  return isFinal ? null : { kind: 'send-again', replyId: reply.id };
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
  const isAuthor = reply.userId === request.userId;
  const { draft, faults } = draftFor({ isAuthor }, { ...request.draft, values });
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
    faults,
  });
  return { kind: 'start-again', formId: id };
}
