import type { App } from '@slack/bolt';
import { isOver } from '../../session/lifecycle.ts';
import { isPending } from '../../session/request.ts';
import { hasReplies, type SessionRequest } from '../../store/request-row.ts';
import type { SessionRow } from '../../store/sessions.ts';
import { createInOrder } from '../../time.ts';
import { notice } from '../blocks/notices.ts';
import { linkedTitle } from '../blocks/session-card.ts';
import { renderAskFirst, renderThreadHelp } from '../blocks/steering.ts';
import { cardView } from '../card-view.ts';
import { isAddressed } from '../command/addressed.ts';
import { mentionsIn, readThreadMeaning, withoutMention } from '../command/meaning.ts';
import { readMessage } from '../messages.ts';
import type { Message, Payload, PayloadOf } from '../payload.ts';
import { privatePlace } from '../places.ts';
import type { NewThreadReply } from '../thread-inbox.ts';
import { answerAddressed, answerNew, type AddressedDeps } from './addressed.ts';
import { dropOffer, hearEdit, type EditDeps } from './edits.ts';
import { onceRecorded, onEvent } from './routes.ts';
import type { Tools } from './tools.ts';

type MessageDeps = EditDeps & AddressedDeps & Pick<Tools, 'shown' | 'authority' | 'steering'>;

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
async function cancelTask(deps: MessageDeps, deleted: PayloadOf<'deletion'>): Promise<void> {
  const request = await deps.requests.ofMessage(deleted);
  if (request === null || !isPending(request.state)) return;
  const { userId, channelId } = request;
  const threadTs = hasReplies(request) ? request.threadTs : null;
  await cancel(deps, request, { userId, channelId, threadTs, messageDeleted: true });
}

type Canceling = Pick<Message, 'userId' | 'channelId' | 'threadTs'> & { messageDeleted: boolean };

/** As Cancel on its card does. */
async function cancel(
  { steering }: MessageDeps,
  { id: requestId }: SessionRequest,
  { messageDeleted, ...said }: Canceling,
): Promise<void> {
  const by = steering.by({ ...said, responseUrl: null });
  await steering.ask('cancel-request', { requestId, messageDeleted, ...by });
}

async function hearMessage(deps: MessageDeps, delivered: Message, isAgain: boolean): Promise<void> {
  const handle = await handlerOf(deps, delivered);
  if (handle === null) return;
  // It asked for a session itself, which may have a question by now. A mention can be two events, in any order.
  const mayBeKnown = isAgain || mentionsIn(delivered.slackText, deps.botUserId()).app;
  if (mayBeKnown && (await deps.requests.ofMessage(delivered)) !== null) return;
  // Only now: Slack takes few such calls, and after an outage it delivers again what people told each other, too.
  const message = isAgain ? await deps.readAgain(delivered) : delivered;
  if (message !== null) await handle(message);
}

type Handle = (message: Message) => Promise<void>;

/** By where it was said. null: it is for people only. */
async function handlerOf(deps: MessageDeps, delivered: Message): Promise<Handle | null> {
  const { channelId, threadTs, slackText, placeKind } = delivered;
  const isToApp = isAddressed(slackText, { botUserId: deps.botUserId(), isDirect: placeKind === 'direct' });
  if (threadTs !== null) {
    const session = await sessionIn(deps, { ...delivered, threadTs });
    if (session !== null) return async (message) => hearReply(deps, { ...message, threadTs }, session);
    const request = await deps.requests.openIn(channelId, threadTs);
    const isNew = readThreadMeaning(slackText, deps.botUserId()).kind === 'new';
    if (request !== null && !(isToApp && isNew))
      return async (message) => hearTooEarly(deps, { ...message, threadTs }, request);
  }
  return isToApp ? async (message) => answerAddressed(deps, message) : null;
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

/** Tells the author that Devin gets nothing that is said before its session starts. Otherwise they might start another. */
async function hearTooEarly(deps: MessageDeps, reply: ThreadMessage, request: SessionRequest): Promise<void> {
  switch (await deps.whose.earlyFateOf(reply, request, reply)) {
    case 'for-people':
      return;
    case 'cancel': {
      const { userId, channelId, threadTs } = reply;
      return cancel(deps, request, { userId, channelId, threadTs, messageDeleted: false });
    }
    case 'too-early':
      // Nobody knows whether the other one starts.
      if (request.state === 'unknown' && mentionsIn(reply.slackText, deps.botUserId()).app)
        return answerAddressed(deps, reply);
      return deps.tellNotTaken(reply, { sessionId: request.id, reason: 'not-started' });
  }
}

async function hearReply(deps: MessageDeps, reply: ThreadMessage, session: SessionRow): Promise<void> {
  const { userId, channelId, ts, message } = reply;
  const accept = async (what: Pick<NewThreadReply, 'kind' | 'text' | 'files'>) =>
    deps.threads.accept({ session, userId, channelId, ts, ...what });
  const fate = await deps.whose.fateOf(session, reply);
  switch (fate.kind) {
    case 'for-people':
      return;
    case 'for-devin':
      return accept({ kind: 'reply', text: fate.text, files: message.files });
    case 'keyword':
      return accept({ kind: fate.keyword, text: '', files: [] });
    case 'ask-first':
      return askFirst(deps, reply, session);
    case 'help':
      return deps.answerMessage(reply, privatePlace(reply), renderThreadHelp(await deps.textFor(userId)));
    case 'new':
      return answerNew(deps, reply, fate.text);
    case 'stays-here':
      return deps.tellNotTaken(reply, { sessionId: session.sessionId, reason: fate.reason });
  }
}

/** Asks what a reply means, or tells its author that they may not steer the session: that is recorded once. */
async function askFirst(deps: MessageDeps, reply: ThreadMessage, session: SessionRow): Promise<void> {
  const { requests, sessions, authority, answerMessage, botUserId, textFor, now } = deps;
  const { ts, slackText, userId } = reply;
  await answerMessage(reply, privatePlace(reply), async () => {
    const request = await requests.find(session.requestId);
    const refused = request === null ? null : await authority.steeringRefusal(request, userId);
    const text = await textFor(userId);
    const sentence = refused ?? (isOver(session) ? text.thread.doneOver : null);
    if (sentence !== null) return notice([sentence]);
    const typed = readMessage({ ts, text: withoutMention(slackText.trim(), botUserId()) }).text;
    const isAmong = request !== null && (await sessions.shareOf(session)) !== 'alone';
    const name = isAmong ? linkedTitle(cardView({ request, session, nowMs: now() }, text), text) : null;
    const held = { requestId: session.requestId, ts, text: typed };
    return renderAskFirst({ held, name }, text);
  });
}
