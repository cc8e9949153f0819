import { refusalSentence, replyMessage } from '../errors.ts';
import { draftFor } from '../session/credentials.ts';
import { hiddenFields } from '../session/defaults.ts';
import { isOver } from '../session/lifecycle.ts';
import { isMessage, isRefusedReply, type ReplyFailure } from '../session/reply.ts';
import { refuseSteering } from '../slack/authority.ts';
import { notice } from '../slack/blocks/notices.ts';
import { renderReplyNotice, type ReplyNotice } from '../slack/blocks/steering.ts';
import { escape } from '../slack/blocks/text.ts';
import { overBudgetWords } from '../slack/blocks/why.ts';
import { throwIfRetryable } from '../slack/errors.ts';
import { DELIVERED_REACTION, TAKEN_REACTION } from '../slack/ids.ts';
import type { Outbound, PrivatePlace } from '../slack/outbound.ts';
import { placeColumns } from '../slack/places.ts';
import type { TellOnce } from '../slack/tell-once.ts';
import type { TextFor } from '../slack/text-for.ts';
import type { Reply } from '../store/replies.ts';
import type { SessionRequest } from '../store/request-row.ts';
import { findFollowed, lostSecrets } from '../store/requests.ts';
import type { SessionRow } from '../store/sessions.ts';
import type { StoreParts } from '../store/store.ts';
import type { Text } from '../text/index.ts';
import { createInOrder } from '../time.ts';
import type { SteeringCheck } from '../trust/index.ts';
import type { ReplyInSession } from './relay.ts';

type NotifyDeps = {
  store: StoreParts<{
    replies: 'find';
    sessions: 'find';
    requests: 'find';
    forms: 'insert';
    threadNotices: 'wasTold' | 'add';
  }>;
  tellOnce: TellOnce;
  check: SteeringCheck;
  outbound: Pick<Outbound, 'react' | 'unreact' | 'tellPrivately'>;
  textFor: TextFor;
};

/** Shows authors what became of their replies: a reaction on the message, or a private notice. */
export function createReplyNotifier(deps: NotifyDeps) {
  const { replies, threadNotices: notices } = deps.store;
  const { tellOnce, check, outbound, textFor } = deps;
  const inOrder = createInOrder();

  async function find(replyId: string): Promise<ReplyInSession | null> {
    const reply = await replies.find(replyId);
    const followed = reply === null ? null : await findFollowed(deps.store, reply.sessionId);
    return reply === null || followed === null ? null : { reply, ...followed };
  }

  async function addDelivered({ channelId, messageTs: ts }: Reply): Promise<void> {
    if (channelId === null || ts === null) return;
    const { kind } = await outbound.react(channelId, ts, DELIVERED_REACTION);
    if (kind === 'rate-limited' || kind === 'unclear') throw new Error("Slack can't add the reaction now");
  }

  /** If Slack keeps it, it does no harm beside the other reaction. */
  async function removeTaken({ channelId, messageTs: ts }: Reply): Promise<void> {
    if (channelId !== null && ts !== null) await outbound.unreact(channelId, ts, TAKEN_REACTION);
  }

  /** Once per person and thread. */
  async function notifyMayNotSteer(reply: Reply, place: PrivatePlace, sentence: string): Promise<void> {
    const { sessionId, userId } = reply;
    await tellOnce({ sessionId, userId, reason: 'may-not-steer' }, async () =>
      outbound.tellPrivately(place, notice([sentence])),
    );
  }

  /** Why a session takes no more messages is explained once per person: after that, the message and the button say enough. */
  async function notifyUndelivered(found: ReplyInSession, place: PrivatePlace, text: Text): Promise<void> {
    const { sessionId, userId, failure } = found.reply;
    const over = failure?.kind === 'ended' ? ({ sessionId, userId, reason: 'over' } as const) : null;
    const whole = await noticeOf(deps, found, text);
    const shown = over !== null && (await notices.wasTold(over)) ? { ...whole, sentences: [] } : whole;
    throwIfRetryable(await outbound.tellPrivately(place, renderReplyNotice(shown, text)));
    if (over !== null) await notices.add(over);
  }

  async function notify(found: ReplyInSession): Promise<void> {
    const { reply, request } = found;
    const place = privatePlace(found);
    const text = await textFor(reply.userId);
    if (reply.state === 'delivered' || reply.state === 'skipped') {
      if (reply.state === 'delivered') await addDelivered(reply);
      await removeTaken(reply);
      const done = doneSentences(found, text);
      if (done.length > 0) throwIfRetryable(await outbound.tellPrivately(place, notice(done)));
    } else if (reply.state === 'unknown' || reply.failure !== null) {
      const mayNotSteer = mayNotSteerSentence(reply, request, text);
      if (mayNotSteer !== null) return notifyMayNotSteer(reply, place, mayNotSteer);
      await removeTaken(reply);
      if (isMessage(reply)) return notifyUndelivered(found, place, text);
      throwIfRetryable(await outbound.tellPrivately(place, notice([notDone(found, text)])));
    }
  }

  return {
    /** Those of one session in the order in which they ended: many may end at once, such as when it is over. */
    async notify({ replyId }: { replyId: string }): Promise<void> {
      const found = await find(replyId);
      if (found !== null) await inOrder(found.session.sessionId, async () => notify(found));
    },

    /** Adds a reaction to a message until Devin has it, if its author may steer the session and didn't withdraw it. */
    async markTaken({ replyId }: { replyId: string }): Promise<void> {
      const found = await find(replyId);
      if (found === null) return;
      const { request, reply } = found;
      // It was withdrawn, or an earlier run of the job added the reaction too late, and died.
      if (!isInProgress(reply)) return removeTaken(reply);
      const { channelId, messageTs: ts, userId } = reply;
      if (channelId === null || ts === null || (await check(request, userId)).kind !== 'allowed') return;
      await outbound.react(channelId, ts, TAKEN_REACTION);
      // It may have ended meanwhile, before there was a reaction to remove.
      const after = await replies.find(replyId);
      if (after === null || !isInProgress(after)) await outbound.unreact(channelId, ts, TAKEN_REACTION);
    },
  };
}

function isInProgress({ state }: Reply): boolean {
  return state === 'accepted' || state === 'sending';
}

/** For a message in the thread whose author may not steer; null: it ended otherwise. */
function mayNotSteerSentence(
  { failure, kind, messageTs: ts }: Reply,
  request: SessionRequest,
  text: Text,
): string | null {
  const { thread } = text;
  if (ts === null || !isMessage({ kind })) return null;
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
function privatePlace({ reply, session }: { reply: Reply; session: SessionRow }): PrivatePlace {
  const { userId, channelId, messageTs: ts } = reply;
  const isInThread = ts !== null && session.channelId === channelId;
  return { userId, channelId, threadTs: isInThread ? session.threadTs : null, responseUrl: null };
}

/** In Slack's markup; empty if the mark says it all. */
function doneSentences({ reply, session }: ReplyInSession, text: Text): string[] {
  const { thread } = text;
  const { kind } = reply;
  const isDone = reply.state === 'delivered';
  const leftOut = leftOutSentences(reply, text);
  if (leftOut.length > 0) return [isDone ? thread.leftOut : thread.notDelivered, ...leftOut];
  if (!isDone || (kind !== 'mute' && kind !== 'unmute' && kind !== 'unsync' && kind !== 'sync')) return [];
  return [isOver(session) ? thread.doneOver : thread.done[kind]];
}

function leftOutSentences({ files }: Reply, { notices }: Text): string[] {
  return files.flatMap(({ name, leftOut }) =>
    leftOut === undefined ? [] : [escape(notices.leftOut[leftOut](name))],
  );
}

type UndeliveredReply = Pick<ReplyInSession, 'reply' | 'request'>;

/** Why a word for the app, or a choice in a card's menu, did nothing. */
function notDone(undelivered: UndeliveredReply, text: Text): string {
  const { failure } = undelivered.reply;
  const why = failure === null ? '' : reasonOf(failure, undelivered, text);
  const saysSo = failure?.kind === 'requester-only' || failure?.kind === 'members-only';
  return saysSo ? why : text.joins.sentences([text.command.notAnswered.title, why]);
}

async function noticeOf(
  deps: NotifyDeps,
  { reply, request }: UndeliveredReply,
  text: Text,
): Promise<ReplyNotice> {
  const { id, text: typed, failure } = reply;
  const again = { kind: 'send-again', replyId: id } as const;
  if (failure === null) {
    const sentences = [text.thread.unknown, ...leftOutSentences(reply, text)];
    return { heading: text.thread.notSure, sentences, typed, offer: again };
  }
  const told = {
    heading: text.thread.notDelivered,
    sentences: [reasonOf(failure, { reply, request }, text)],
    typed,
  };
  if (failure.kind === 'ended') return { ...told, offer: await offerForm(deps, { reply, request }) };
  // If someone else has to act first, the button helps afterward.
  return { ...told, offer: isRefusedReply(failure) ? null : again };
}

/** In Slack's markup. */
function reasonOf(failure: ReplyFailure, { reply, request }: UndeliveredReply, text: Text): string {
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
  { store: { forms } }: NotifyDeps,
  { reply, request }: UndeliveredReply,
): Promise<ReplyNotice['offer']> {
  const { prompt: _task, ...values } = request.draft.values;
  const isAuthor = reply.userId === request.userId;
  const { draft, faults } = draftFor({ isAuthor }, { ...request.draft, values });
  const id = [reply.id, ...(reply.editedTs === null ? [] : [reply.editedTs])].join(':');
  await forms.insert({
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
    expanded: hiddenFields(faults).length > 0,
  });
  return { kind: 'start-again', formId: id };
}
