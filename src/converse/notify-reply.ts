import { devinReason, userMessage } from '../errors.ts';
import type { ReplyBy } from '../follow/index.ts';
import { REPLY_BY, shownEvent } from '../session/reply.ts';
import type { ReplyFailure } from '../session/reply.ts';
import { refuseSteering } from '../slack/authority.ts';
import { notice } from '../slack/blocks/notices.ts';
import { renderReplyNotice } from '../slack/blocks/steering.ts';
import type { ReplyNotice } from '../slack/blocks/steering.ts';
import { escape } from '../slack/blocks/text.ts';
import { readThreadMeaning } from '../slack/command/thread-keywords.ts';
import { throwIfRetryable } from '../slack/errors.ts';
import { DELIVERED_REACTION, TAKEN_REACTION } from '../slack/ids.ts';
import type { Outbound, PrivatePlace } from '../slack/outbound.ts';
import type { TextFor } from '../slack/text-for.ts';
import type { Forms } from '../store/forms.ts';
import type { Replies, Reply } from '../store/replies.ts';
import type { LeftOut, SessionRequest } from '../store/request-row.ts';
import { lostSecrets } from '../store/requests.ts';
import type { Requests } from '../store/requests.ts';
import type { NewMessage } from '../store/session-messages.ts';
import type { SessionRow, Sessions } from '../store/sessions.ts';
import type { ThreadNotices } from '../store/thread-notices.ts';
import type { Text } from '../text/index.ts';

type TellDeps = {
  replies: Pick<Replies, 'find'>;
  sessions: Pick<Sessions, 'find'>;
  requests: Pick<Requests, 'find'>;
  forms: Pick<Forms, 'insert'>;
  notices: ThreadNotices;
  outbound: Pick<Outbound, 'react' | 'unreact' | 'tellPrivately'>;
  textFor: TextFor;
};

/** Shows the author of a reply what became of it: a mark on the message, or a private notice. */
export function createReplyTeller(deps: TellDeps) {
  const { replies, sessions, requests, outbound, textFor } = deps;

  async function mark({ channelId, messageTs: ts }: Reply): Promise<void> {
    if (channelId === null || ts === null) return;
    const { kind } = await outbound.react(channelId, ts, DELIVERED_REACTION);
    if (kind === 'rate-limited' || kind === 'unclear') throw new Error('Slack took no mark for now');
  }

  /** The other mark stays where Slack does not take it away: it does no harm beside the last one. */
  async function unmark({ channelId, messageTs: ts }: Reply): Promise<void> {
    if (channelId !== null && ts !== null) await outbound.unreact(channelId, ts, TAKEN_REACTION);
  }

  /** Once per person and thread. */
  async function tellNotTaken(reply: Reply, place: PrivatePlace, sentence: string): Promise<void> {
    const { sessionId, userId } = reply;
    const once = { sessionId, userId, reason: 'may-not-steer' } as const;
    if (!(await deps.notices.isFirst(once))) return;
    const told = await outbound.tellPrivately(place, notice([sentence]));
    if (told === 'retryable') await deps.notices.forget(once);
    throwIfRetryable(told);
  }

  return async (replyId: string): Promise<void> => {
    const reply = await replies.find(replyId);
    const session = reply === null ? null : await sessions.find(reply.sessionId);
    const request = session === null ? null : await requests.find(session.requestId);
    if (reply === null || session === null || request === null) return;
    const place = privatePlace(reply, session);
    const text = await textFor(reply.userId);
    if (reply.state === 'delivered') {
      await mark(reply);
      await unmark(reply);
      const done = doneSentence(reply, text);
      if (done !== null) throwIfRetryable(await outbound.tellPrivately(place, notice([done])));
    } else if (reply.state === 'unknown' || reply.failure !== null) {
      const staysHere = notTaken(reply, request, text);
      if (staysHere !== null) return tellNotTaken(reply, place, staysHere);
      await unmark(reply);
      const shown = await noticeOf(deps, { reply, request }, text);
      throwIfRetryable(await outbound.tellPrivately(place, renderReplyNotice(shown, text)));
    }
  };
}

/** For a thread message whose author may not steer; null: it is something else. */
function notTaken({ failure, kind, messageTs: ts }: Reply, request: SessionRequest, { thread }: Text) {
  if (ts === null || (kind !== 'reply' && kind !== 'correction')) return null;
  switch (failure?.kind) {
    case 'requester-only':
      return thread.requesterSteers(`<@${escape(request.userId)}>`);
    case 'members-only':
    case 'identity':
      return thread.membersSteer;
    default:
      return null;
  }
}

/** Tells the author which files were left out. */
export function createLeftOutTeller({
  sessions,
  outbound,
  textFor,
}: Pick<TellDeps, 'sessions' | 'outbound' | 'textFor'>) {
  return async (reply: Reply, leftOut: LeftOut[]): Promise<void> => {
    const [session, text] = await Promise.all([sessions.find(reply.sessionId), textFor(reply.userId)]);
    const sentences = leftOut.map(({ name, reason }) => escape(text.notices.leftOut[reason](name)));
    await outbound.tellPrivately(privatePlace(reply, session), notice([text.thread.leftOut, ...sentences]));
  };
}

/** Beside the message where it was written, else in a direct message. */
function privatePlace({ userId, channelId, messageTs: ts }: Reply, session: SessionRow | null) {
  const isInThread = ts !== null && session !== null && session.channelId === channelId;
  return { userId, channelId, threadTs: isInThread ? session.threadTs : null, responseUrl: null };
}

function doneSentence({ kind }: Reply, { thread: { done } }: Text): string | null {
  return kind === 'mute' || kind === 'unmute' || kind === 'unsync' || kind === 'sync' ? done[kind] : null;
}

type Untaken = { reply: Reply; request: SessionRequest };

async function noticeOf(deps: TellDeps, { reply, request }: Untaken, text: Text): Promise<ReplyNotice> {
  const { id, text: typed, failure, state } = reply;
  const again = { kind: 'send-again', replyId: id } as const;
  if (failure === null || state === 'unknown') {
    return { heading: text.thread.notSure, sentences: [text.thread.unknown], typed, offer: again };
  }
  const sentences = [reasonOf(failure, { reply, request }, text)];
  const offer =
    failure.kind === 'ended' ? await offerForm(deps, { reply, request }) : canHelp(failure) ? again : null;
  return { heading: text.thread.notDelivered, sentences, typed, offer };
}

/** If another person has to act first, the button still helps afterwards. */
function canHelp({ kind }: ReplyFailure): boolean {
  return !OF_THE_PERSON.has(kind);
}

const OF_THE_PERSON: ReadonlySet<ReplyFailure['kind']> = new Set([
  'requester-only',
  'members-only',
  'not-in-conversation',
  'identity',
]);

function reasonOf(failure: ReplyFailure, { reply, request }: Untaken, text: Text): string {
  const asked = { request, userId: reply.userId };
  switch (failure.kind) {
    case 'ended':
      return text.thread.ended;
    case 'requester-only':
      return refuseSteering({ kind: failure.kind }, asked, text) ?? '';
    case 'members-only':
      return refuseSteering({ kind: failure.kind, identity: null }, asked, text) ?? '';
    case 'not-in-conversation':
      return text.steering.notInConversation;
    case 'gave-up':
      return text.thread.gaveUp;
    case 'devin':
      if (failure.code === 'not-found') return escape(text.thread.gone(failure.detail));
      if (failure.code === 'unauthorized' || failure.code === 'forbidden')
        return escape(devinReason(failure, text));
      return escape(text.devin.refused(failure.detail));
    default:
      return escape(userMessage(failure, text));
  }
}

/** The form as the session was asked for, with the message as its task. Its id is the reply's. */
async function offerForm({ forms }: TellDeps, { reply, request }: Untaken): Promise<ReplyNotice['offer']> {
  const { values, sources } = request.draft;
  await forms.insert({
    id: reply.id,
    teamId: reply.teamId,
    userId: reply.userId,
    channelId: request.channelId,
    threadTs: request.threadTs,
    placeKind: request.placeKind,
    draft: { values: { ...values, prompt: reply.text }, sources: { ...sources, prompt: 'request' } },
    context: null,
    sealed: null,
    lostSecrets: lostSecrets(request),
  });
  return { kind: 'start-again', formId: reply.id };
}

type ShowDeps = {
  replies: Pick<Replies, 'find'>;
  sessions: Pick<Sessions, 'find'>;
  requests: Pick<Requests, 'find'>;
  now: () => number;
};

/** What was said in a box or by a command takes its place in the thread, where the others would not see it else. */
export function createToShow({ replies, sessions, requests, now }: ShowDeps) {
  return async (replyId: string): Promise<NewMessage | null> => {
    const reply = await replies.find(replyId);
    const session = reply === null ? null : await sessions.find(reply.sessionId);
    const request = session === null ? null : await requests.find(session.requestId);
    if (reply === null || session === null || request === null || reply.via === null) return null;
    if (isAside(reply) || !isOpen(session) || isAlone(session, request.userId, reply)) return null;
    const { userId, via, text } = reply;
    return {
      eventId: shownEvent(replyId),
      source: REPLY_BY,
      text: JSON.stringify({ userId, via, text } satisfies ReplyBy),
      state: 'pending',
      saidAt: new Date(now()),
    };
  };
}

function isAside({ text }: Reply): boolean {
  return readThreadMeaning(text, '').kind === 'aside';
}

/** Something can be posted there, and belongs there. */
function isOpen({ synced, threadTrouble: trouble }: SessionRow): boolean {
  return synced && trouble === null;
}

/** In a direct message with the app there is nobody else. Its id begins with a D. */
function isAlone({ channelId }: SessionRow, requester: string, { userId: author }: Reply): boolean {
  return channelId.startsWith('D') && author === requester;
}
