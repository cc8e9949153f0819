import { Later } from '../queue/index.ts';
import { draftFor } from '../session/credentials.ts';
import { isRefusedReply, type ReplyFailure } from '../session/reply.ts';
import { refuseSteering } from '../slack/authority.ts';
import { DELIVERED_REACTION, TAKEN_REACTION } from '../slack/edge/ids.ts';
import type { PrivatePlace } from '../slack/edge/outbound.ts';
import { placeColumns } from '../slack/edge/places.ts';
import { tellOnce } from '../slack/tell-once.ts';
import { refusalSentence, replyMessage } from '../slack/views/failures.ts';
import { notice } from '../slack/views/notices.ts';
import { renderReplyNotice, type ReplyNotice } from '../slack/views/steering.ts';
import { escape } from '../slack/views/text.ts';
import { overBudgetWords } from '../slack/views/why.ts';
import type { Reply } from '../store/replies.ts';
import { cardThread, type SessionRequest } from '../store/request-row.ts';
import { findSteered, lostSecrets, type SteeredThread } from '../store/requests.ts';
import type { Text } from '../text/index.ts';
import type { ConverseContext } from './context.ts';

/** `session`: null: its request has none yet, or ended without one. */
type Told = SteeredThread & { reply: Reply };

async function findTold({ store }: ConverseContext, replyId: string): Promise<Told | null> {
  const reply = await store.replies.find(replyId);
  const thread = reply === null ? null : await findSteered(store, reply.sessionId);
  return reply === null || thread === null ? null : { reply, ...thread };
}

/** Adds a reaction to a message until Devin has it, if its author may steer the session and didn't withdraw it. */
export async function markTaken(c: ConverseContext, replyId: string): Promise<void> {
  const found = await findTold(c, replyId);
  if (found === null) return;
  const { request, reply } = found;
  // It was withdrawn, or an earlier run of the job added the reaction too late, and died.
  if (!isInProgress(reply)) return removeTaken(c, reply);
  if ((await c.check(request, reply.userId)).kind !== 'allowed') return;
  await addReaction(c, reply, TAKEN_REACTION);
  // It may have ended meanwhile, before there was a reaction to remove.
  const after = await c.store.replies.find(replyId);
  if (after === null || !isInProgress(after)) await removeTaken(c, reply);
}

function isInProgress({ state }: Reply): boolean {
  return state === 'accepted' || state === 'sending';
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

/** Shows an author what became of a reply: a reaction on the message, or a private notice. */
export async function notifyOfReply(c: ConverseContext, replyId: string): Promise<void> {
  const found = await findTold(c, replyId);
  if (found === null) return;
  const { reply, request } = found;
  const text = await c.slack.textFor(reply.userId);
  const tell = async (what: Parameters<typeof c.slack.outbound.tellPrivately>[1]) =>
    c.slack.outbound.tellPrivately(privatePlace(found), what);
  if (reply.state === 'delivered' || reply.state === 'skipped') {
    if (reply.state === 'delivered') await addReaction(c, reply, DELIVERED_REACTION);
    await removeTaken(c, reply);
    const leftOut = leftOutSentences(reply, text);
    const { thread } = text;
    const heading = reply.state === 'delivered' ? thread.leftOut : thread.notDelivered;
    if (leftOut.length > 0) await tell(notice([heading, ...leftOut]));
  } else if (reply.state === 'unknown' || reply.failure !== null) {
    await removeTaken(c, reply);
    const mayNotSteer = mayNotSteerSentence(reply, request, text);
    if (mayNotSteer === null) return tell(await noticeOf(c, found, text));
    const once = { sessionId: reply.sessionId, userId: reply.userId, reason: 'may-not-steer' } as const;
    await tellOnce(c.store, once, async () => tell(notice([mayNotSteer])));
  }
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

function leftOutSentences({ files }: Reply, { notices }: Text): string[] {
  return files.flatMap(({ name, leftOut }) =>
    leftOut === undefined ? [] : [escape(notices.leftOut[leftOut](name))],
  );
}

async function noticeOf(c: ConverseContext, { reply, request }: Told, text: Text) {
  const { id, text: typed, failure } = reply;
  const again = { kind: 'send-again', replyId: id } as const;
  if (failure === null) {
    const sentences = [text.thread.unknown, ...leftOutSentences(reply, text)];
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
