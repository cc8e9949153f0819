import type { App } from '@slack/bolt';
import { isOver } from '../../session/lifecycle.ts';
import type { ThreadWord } from '../../session/reply.ts';
import { isPending } from '../../session/request.ts';
import { hasReplies } from '../../store/request-row.ts';
import type { Followed, SteeredThread } from '../../store/requests.ts';
import type { SessionRow } from '../../store/sessions.ts';
import { createInOrder } from '../../time.ts';
import { cardView } from '../card-view.ts';
import { isAddressed } from '../command/addressed.ts';
import { mentionsApp, withoutMention } from '../command/thread-message.ts';
import type { Message, Payload, PayloadOf } from '../edge/payload.ts';
import { privatePlace } from '../edge/places.ts';
import { tellNotTaken, tellOnce } from '../tell-once.ts';
import { notice, sessionOver } from '../views/notices.ts';
import { linkedTitle } from '../views/session-card.ts';
import { renderAskStop, renderOfferWake, renderThreadHelp } from '../views/steering.ts';
import { whoseMessage } from '../whose-message.ts';
import { answerAddressed, answerNew, type AddressedDeps } from './addressed.ts';
import { dropOffer, hearEdit, type EditDeps } from './edits.ts';
import { onceRecorded, onEvent } from './routes.ts';
import type { Tools } from './tools.ts';

type MessageDeps = EditDeps &
  AddressedDeps &
  Pick<Tools, 'store' | 'outbound' | 'shown' | 'authority' | 'acts'>;

/** A person's message in a thread. */
type ThreadMessage = Message & { threadTs: string };

type MessageEvent = PayloadOf<'message' | 'edit' | 'deletion'>;

/** Acts on people's messages in sessions' threads and to the app, and on no others. */
export function listenToMessages(app: App, deps: MessageDeps): void {
  const { threads, botUserId } = deps;
  // An edit or a deletion finds a message only once that is saved.
  const inOrder = createInOrder();

  async function act(event: MessageEvent, isAgain: boolean): Promise<void> {
    switch (event.kind) {
      case 'deletion':
        await dropOffer(deps, event);
        await cancelTask(deps, event);
        return threads.retract(event);
      case 'edit':
        return hearEdit(deps, event, isAgain);
      case 'message':
        if (event.userId !== botUserId()) await hearMessage(deps, event, isAgain);
    }
  }

  async function take(event: Payload, isAgain: boolean): Promise<void> {
    if (event.kind === 'message' || event.kind === 'edit' || event.kind === 'deletion')
      await inOrder(`${event.channelId}:${event.ts}`, async () => act(event, isAgain));
  }

  onEvent(app, 'message', take);
  // The manifest doesn't subscribe to it, since each is a message, too.
  onEvent(app, 'app_mention', take);
}

/** Its task isn't at Devin yet. Its author is told, since they see no answer to that. */
async function cancelTask({ requests, acts }: MessageDeps, deleted: PayloadOf<'deletion'>): Promise<void> {
  const request = await requests.ofMessage(deleted);
  if (request === null || !isPending(request.state)) return;
  const threadTs = hasReplies(request) ? request.threadTs : null;
  const place = privatePlace({ ...request, threadTs });
  await acts.act(place, { kind: 'cancel', requestId: request.id, messageDeleted: true });
}

async function hearMessage(deps: MessageDeps, delivered: Message, isAgain: boolean): Promise<void> {
  const handle = await handlerOf(deps, delivered);
  if (handle === null) return;
  // It asked for a session itself, which may have a question by now. A mention can be two events, in any order.
  const mayBeKnown = isAgain || mentionsApp(delivered.slackText, deps.botUserId());
  if (mayBeKnown && (await deps.requests.ofMessage(delivered)) !== null) return;
  // Only now: Slack takes few such calls, and after an outage it delivers again what people told each other, too.
  const message = isAgain ? await deps.readAgain(delivered) : delivered;
  if (message !== null) await handle(message);
}

type Handle = (message: Message) => Promise<void>;

/** By where it was said. null: it is for people only. */
async function handlerOf(deps: MessageDeps, delivered: Message): Promise<Handle | null> {
  const { threadTs, slackText, placeKind } = delivered;
  const thread = threadTs === null ? null : await steeredIn(deps, { ...delivered, threadTs });
  if (threadTs !== null && thread !== null)
    return async (message) => hearReply(deps, { ...message, threadTs }, thread);
  const isToApp = isAddressed(slackText, { botUserId: deps.botUserId(), isDirect: placeKind === 'direct' });
  return isToApp ? async (message) => answerAddressed(deps, message) : null;
}

/** The session in a thread, or the request whose session will be there; null: neither. */
async function steeredIn(deps: MessageDeps, message: ThreadMessage): Promise<SteeredThread | null> {
  const { requests } = deps;
  const session = await sessionIn(deps, message);
  const request = await (session === null
    ? requests.openIn(message.channelId, message.threadTs)
    : requests.find(session.requestId));
  return request && { request, session };
}

/** People see a card before the app has recorded where it is; long before, if Slack is slow to answer. */
async function sessionIn(
  { sessions, shown, botUserId }: Pick<MessageDeps, 'sessions' | 'shown' | 'botUserId'>,
  { channelId, threadTs, parentUserId }: ThreadMessage,
): Promise<SessionRow | null> {
  const found = await sessions.inThread(channelId, threadTs);
  const mayBeCard = (parentUserId ?? botUserId()) === botUserId();
  if (found !== null || !mayBeCard) return found;
  return onceRecorded(async () => {
    const isPlacing = await shown.isPlacingCard(channelId);
    // Only after that: the card may have been recorded since.
    const session = await sessions.inThread(channelId, threadTs);
    return session === null && isPlacing ? 'soon' : session;
  });
}

async function hearReply(deps: MessageDeps, reply: ThreadMessage, thread: SteeredThread): Promise<void> {
  const { userId, channelId, ts, message } = reply;
  const route = await whoseMessage(deps, thread, reply);
  switch (route.kind) {
    case 'for-people':
      return;
    case 'for-devin': {
      return deps.threads.accept({ thread, userId, channelId, ts, text: route.text, files: message.files });
    }
    case 'word':
      return hearWord(deps, reply, { ...thread, word: route.word });
    case 'new':
      return answerNew(deps, reply, route.text);
    case 'stays-here':
      return route.reason === 'muted'
        ? tellNotTaken(deps, reply, { sessionId: idOf(thread), reason: 'muted' })
        : offerWake(deps, reply, { ...thread, text: route.text });
  }
}

const idOf = ({ request, session }: SteeredThread): string => session?.sessionId ?? request.id;

async function hearWord(
  deps: MessageDeps,
  reply: ThreadMessage,
  { word, ...thread }: SteeredThread & { word: ThreadWord },
): Promise<void> {
  const { userId, ts: messageTs } = reply;
  const { request, session } = thread;
  const [requestId, place] = [request.id, privatePlace(reply)];
  const isEnd = word === 'stop' || word === 'exit';
  if (word === 'help') return deps.answerMessage(reply, place, renderThreadHelp(await deps.textFor(userId)));
  if (session === null && isEnd) return deps.acts.act(place, { kind: 'cancel', requestId, messageTs });
  if (session === null)
    return deps.answerMessage(reply, place, notice([(await deps.textFor(userId)).steering.box.none]));
  return isEnd
    ? askStop(deps, reply, { request, session })
    : deps.acts.act(place, { kind: word, requestId, messageTs });
}

/** Asks before the session ends, or tells a person that they may not end it. */
async function askStop(deps: MessageDeps, reply: ThreadMessage, thread: Followed): Promise<void> {
  const { authority, threads, answerMessage, textFor, now } = deps;
  const { userId, channelId, ts, slackText } = reply;
  const { request, session } = thread;
  await answerMessage(reply, privatePlace(reply), async () => {
    const refused = await authority.steeringRefusal(request, userId);
    const text = await textFor(userId);
    if (refused !== null) return notice([refused]);
    if (isOver(session)) return sessionOver(session, text);
    const word = withoutMention(slackText.trim(), deps.botUserId());
    const replyId = await threads.hold({ thread, userId, channelId, ts, text: word, files: [] });
    const name = linkedTitle(cardView({ request, session, nowMs: now() }, text), text);
    return renderAskStop({ requestId: request.id, replyId, name }, text);
  });
}

/** Once per person and thread: the session is at rest, and waking it costs. */
async function offerWake(
  deps: MessageDeps,
  reply: ThreadMessage,
  { text: words, ...thread }: SteeredThread & { text: string },
): Promise<void> {
  const { store, threads, outbound, textFor } = deps;
  const { userId, channelId, ts, message } = reply;
  const { session } = thread;
  const once = { sessionId: idOf(thread), userId, reason: 'at-rest' } as const;
  await tellOnce(store, once, async () => {
    const text = await textFor(userId);
    const place = privatePlace(reply);
    if (session !== null && isOver(session)) return outbound.tellPrivately(place, sessionOver(session, text));
    const { files } = message;
    const replyId = await threads.hold({ thread, userId, channelId, ts, text: words, files });
    return outbound.tellPrivately(place, renderOfferWake(replyId, text));
  });
}
