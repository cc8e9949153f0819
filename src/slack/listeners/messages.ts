import { setTimeout as delay } from 'node:timers/promises';
import type { MessageContext } from '../../session/context.ts';
import type { IntentOf } from '../../session/intent.ts';
import { isOver, isResting, type SessionPhase } from '../../session/lifecycle.ts';
import type { ThreadWord } from '../../session/reply.ts';
import { isPending, isUndecided } from '../../session/request.ts';
import { hasReplies, findSteered, type SteeredThread, messageKey, offerId } from '../../store/requests.ts';
import type { SessionRow } from '../../store/sessions.ts';
import {
  asTalk,
  beginsWithName,
  isAddressed,
  mentionsApp,
  readAddressed,
  readThreadMessage,
  withoutMention,
  type Addressed,
} from '../command/message.ts';
import { parseCommand } from '../command/parse.ts';
import { isOnlyText, withForwarded } from '../edge/messages.ts';
import type { Edit, Message, PayloadOf } from '../edge/payload.ts';
import { listenHere, type ThreadHere } from '../edge/places.ts';
import {
  correctReply,
  holdReply,
  retractReply,
  saveAct,
  saveReply,
  type NewThreadReply,
} from '../inbox/acts.ts';
import { answerMessage, tellOnce } from '../tell-once.ts';
import { notice, sessionOver } from '../views/notices.ts';
import type { Rendered } from '../views/objects.ts';
import { renderAskStop, renderOfferWake, renderThreadHelp } from '../views/steering.ts';
import { code, unescape } from '../views/text.ts';
import { answerCommand, isStarting, startTyped } from './commands.ts';
import { mentionsAt } from './commands/settings.ts';
import type { ListenersContext } from './context.ts';

/**
 * Acts on people's messages in sessions' threads and to the app, and on no others; in order, since an edit or a deletion
 * finds a message only once that is saved. `isAgain`: it was delivered before.
 */
export async function hear(
  c: ListenersContext,
  event: PayloadOf<'message' | 'edit' | 'deletion'>,
  isAgain: boolean,
): Promise<void> {
  await c.inOrder(`${event.channelId}:${event.ts}`, async () => {
    if (event.kind === 'edit') return hearEdit(c, event, isAgain);
    if (event.kind === 'message') return hearMessage(c, event, isAgain);
    await cancelTask(c, event);
    await retractReply(c, event);
  });
}

/**
 * The edit of a message that went to Devin, or that waits for it, reaches Devin; so does that of the message which asked
 * for the session, if it has another task. An edit changes nothing else.
 */
async function hearEdit(c: ListenersContext, delivered: Edit, isAgain: boolean): Promise<void> {
  const { requests, sessions, replies } = c.store;
  const botUserId = c.slack.botUserId();
  const request = await requests.ofMessage(delivered);
  if (request !== null) {
    const session = await sessions.ofRequest(request.id);
    // By its task, without the options.
    const reading = { botUserId, isDirect: true, command: c.command };
    const intent = readAddressed(delivered.slackText, reading)?.intent;
    const text = intent !== undefined && 'draft' in intent ? intent.draft.prompt : undefined;
    // A request that failed has no session to correct.
    if (text === undefined || (session === null && !isUndecided(request.state))) return;
    const original = request.draft.values.prompt ?? null;
    return correctReply(c, { ...delivered, thread: { request, session }, text, original });
  }
  const sessionId = await replies.sessionOf(delivered);
  const thread = sessionId === null ? null : await findSteered(c.store, sessionId);
  if (thread === null) return;
  // A later edit may have been read with the message itself.
  const edit = isAgain ? await c.slack.thread.readAgain(delivered) : delivered;
  if (edit === null) return;
  const text = editedText(edit, botUserId);
  // What isn't for Devin any longer is taken back.
  await (text === null ? retractReply(c, edit) : correctReply(c, { ...edit, thread, text, original: null }));
}

/** Its task isn't at Devin yet. */
async function cancelTask(c: ListenersContext, deleted: PayloadOf<'deletion'>): Promise<void> {
  const request = await c.store.requests.ofMessage(deleted);
  if (request === null || !isPending(request.state)) return;
  const threadTs = hasReplies(request) ? request.threadTs : null;
  await saveAct(c, { ...request, threadTs }, { kind: 'cancel', requestId: request.id });
}

async function hearMessage(c: ListenersContext, delivered: Message, isAgain: boolean): Promise<void> {
  const { slackText, userId, placeKind } = delivered;
  const botUserId = c.slack.botUserId();
  if (userId === botUserId) return;
  const reading = { botUserId, isDirect: placeKind === 'direct', command: c.command };
  const thread = await threadSaidIn(c, delivered);
  // People talk to each other.
  if (thread === null && !isAddressed(slackText, reading)) return;
  // It asked for a session itself, which may have a question by now.
  if (isAgain && (await c.store.requests.ofMessage(delivered)) !== null) return;
  // Only now: Slack takes few such calls, and after an outage it delivers again what people told each other, too.
  const message = isAgain ? await c.slack.thread.readAgain(delivered) : delivered;
  if (message === null) return;
  if (thread !== null) return hearReply(c, message, thread);
  await answerAddressed(c, message, readAddressed(message.slackText, reading));
}

/** A session's thread, or a request's whose session will be there. null: it is in no such thread. */
async function threadSaidIn(c: ListenersContext, message: Message): Promise<SteeredThread | null> {
  const { threadTs, channelId } = message;
  if (threadTs === null) return null;
  const session = await sessionIn(c, message, threadTs);
  const { requests } = c.store;
  const request = await (session === null
    ? requests.openIn(channelId, threadTs)
    : requests.find(session.requestId));
  return request && { request, session };
}

/** People see a card before the app has recorded where it is; long before, if Slack is slow to answer. */
async function sessionIn(
  { store: { sessions, shown, listing }, slack: { botUserId } }: ListenersContext,
  { channelId, parentUserId, placeKind }: Message,
  threadTs: string,
): Promise<SessionRow | null> {
  const found = await sessions.inThread(channelId, threadTs);
  const mayBeCard = (parentUserId ?? botUserId()) === botUserId();
  if (found !== null || !mayBeCard) return found;
  const askedHere = placeKind === 'direct' ? await listing.askedIn(channelId) : null;
  if (askedHere !== null) return sessions.find(askedHere);
  // For no longer than Slack waits.
  for (let looks = 0; looks < LOOKS; looks += 1) {
    const isPlacing = await shown.isPlacingCard(channelId);
    // Only after that: the card may have been recorded since.
    const session = await sessions.inThread(channelId, threadTs);
    if (session !== null || !isPlacing) return session;
    await delay(PAUSE_MS);
  }
  // Not acknowledged, so Slack delivers the event again. https://docs.slack.dev/apis/events-api/#retries
  throw Object.assign(new Error('an event came before what it is about was recorded'), {
    code: 'not-recorded',
  });
}

const LOOKS = 4;
const PAUSE_MS = 250;

type Said = Pick<Message, 'slackText' | 'message' | 'forwarded'>;

/** What decides whose a message in a session's thread is. */
type SaidWhere = ThreadHere & {
  /** null: the session hasn't started. */
  phase: SessionPhase | null;
  muted: boolean;
  isRequester: boolean;
  /** Devin asked its author something, and waits for the answer. */
  isAnswer: boolean;
  botUserId: string;
};

/** What becomes of it. */
type Route =
  | { kind: 'for-people' }
  | { kind: 'word'; word: ThreadWord }
  /** `text`: the task of another session. */
  | { kind: 'new'; text: string }
  /** Muted or at rest: it would be for Devin, but stays here, and its author is told. */
  | { kind: 'for-devin' | 'muted' | 'at-rest'; text: string };

/** The whole rule. */
export function routeOf(said: Said, where: SaidWhere): Route {
  const { phase, muted, listen, began, isRequester, isAnswer, botUserId } = where;
  const { slackText } = said;
  const read = readThreadMessage(slackText, botUserId);
  const text = withoutMention(slackText.trim(), botUserId);
  if (read.kind === 'aside' || (began !== 'direct' && beginsWithName(slackText, botUserId)))
    return { kind: 'for-people' };
  if (read.kind === 'new') return read;
  const isCalled = mentionsApp(slackText, botUserId);
  const isOurs = began !== 'people' || isRequester;
  // With a file or a forwarded message, a word is about it: `exit` with a screenshot ends nothing.
  if (isOnlyText(said)) {
    if (read.kind === 'word') return isCalled || isOurs ? read : { kind: 'for-people' };
    if (text === '' && slackText.trim() !== '') return { kind: 'word', word: 'help' };
  }
  const isHeard = began === 'direct' || (listen === null ? isOurs : listen === 'thread');
  if (!isCalled && !isAnswer && !isHeard) return { kind: 'for-people' };
  const readable = withForwarded(unescape(text).trim(), said.forwarded);
  if (muted) return { kind: 'muted', text: readable };
  const isAtRest = phase !== null && (isResting(phase) || phase === 'gone');
  return { kind: isAtRest && !isCalled && !isAnswer ? 'at-rest' : 'for-devin', text: readable };
}

/** What Devin gets of a message that it has, once edited; null: nothing. */
export function editedText(said: Said, botUserId: string): string | null {
  const meaning = readThreadMessage(said.slackText, botUserId);
  if (meaning.kind !== 'reply' || beginsWithName(said.slackText, botUserId)) return null;
  return withForwarded(unescape(meaning.text).trim(), said.forwarded);
}

async function whereSaid(
  { store, slack }: ListenersContext,
  { userId, channelId, threadTs, ts }: Message,
  { request, session }: SteeredThread,
): Promise<SaidWhere> {
  const thread = session ?? { channelId, threadTs: threadTs ?? ts, listen: null };
  const isRequester = request.userId === userId;
  const { phase = null, mutedBy = null, sessionId = request.id } = session ?? {};
  // Devin falls asleep while it waits.
  const mayWait = isRequester && phase === 'asleep';
  const [here, isUnanswered] = await Promise.all([
    listenHere(store, thread, request),
    mayWait && store.messages.isUnanswered(sessionId),
  ]);
  const isAnswer = isUnanswered || (isRequester && phase === 'needs-you');
  return { ...here, phase, muted: mutedBy !== null, isRequester, isAnswer, botUserId: slack.botUserId() };
}

async function hearReply(c: ListenersContext, reply: Message, thread: SteeredThread): Promise<void> {
  const { userId, channelId, ts, message } = reply;
  const route = routeOf(reply, await whereSaid(c, reply, thread));
  switch (route.kind) {
    case 'for-people':
      return;
    case 'word':
      return hearWord(c, reply, { ...thread, word: route.word });
    case 'new':
      return answerAddressed(c, reply, { intent: parseCommand(route.text), typed: route.text });
    default: {
      const said = { thread, userId, channelId, ts, text: route.text, files: message.files };
      return route.kind === 'for-devin'
        ? saveReply(c, said)
        : keepHere(c, { reply, said, reason: route.kind });
    }
  }
}

async function hearWord(
  c: ListenersContext,
  reply: Message,
  { word, request, session }: SteeredThread & { word: ThreadWord },
): Promise<void> {
  const { userId, ts: messageTs } = reply;
  const requestId = request.id;
  const text = await c.textFor(userId);
  const answer = async (message: Rendered): Promise<void> =>
    answerMessage(c, { message: reply, place: reply, answer: message });
  const ends = word === 'stop' || word === 'exit';
  if (word === 'help') return answer(renderThreadHelp(text));
  if (session === null && !ends) return answer(notice([text.steering.box.none]));
  if (session !== null && ends) return answer(renderAskStop(requestId, text));
  return saveAct(c, reply, { kind: ends ? 'cancel' : word, requestId, messageTs });
}

/** Its author is told why it stays here, once per thread: it is muted, or the session is at rest, and waking that costs. */
async function keepHere(
  c: ListenersContext,
  { reply, said, reason }: { reply: Message; said: NewThreadReply; reason: 'muted' | 'at-rest' },
): Promise<void> {
  const { userId, thread } = said;
  const { request, session } = thread;
  const once = { sessionId: session?.sessionId ?? request.id, userId, reason };
  await tellOnce(c.store, once, async () => {
    const text = await c.textFor(userId);
    const tell = async (why: Rendered) => c.slack.outbound.tellPrivately(reply, why);
    if (reason === 'muted') return tell(notice([text.thread.mutedHere]));
    if (session !== null && isOver(session)) return tell(sessionOver(session.requestId, text));
    return tell(renderOfferWake(await holdReply(c, said), text));
  });
}

/** A message to the app that belongs to no session: the grammar is the command's, and so are its answers. */
async function answerAddressed(
  c: ListenersContext,
  message: Message,
  addressed: Addressed | null,
): Promise<void> {
  const { userId, channelId, placeKind, threadTs } = message;
  const answer = addressed === null ? null : await act(c, message, addressed);
  // In direct messages the answer stays; elsewhere only the author sees it.
  const place = { userId, channelId: placeKind === 'direct' ? null : channelId, threadTs };
  if (answer !== null) await answerMessage(c, { message, place, answer });
}

/** What to tell the author; null: nothing. */
async function act(
  c: ListenersContext,
  message: Message,
  { intent, typed }: Addressed,
): Promise<Rendered | null> {
  if (!isStarting(intent) && isOnlyText(message)) {
    // Once, however often the message is delivered.
    const deliveryId = `message:${message.channelId}:${message.ts}`;
    return answerCommand(c, { ...message, deliveryId, typed, triggerId: null }, intent);
  }
  const mentions = await mentionsAt(c, message);
  if (mentions === 'off') {
    const { policy } = await c.textFor(message.userId);
    return notice([policy.mentionsOff(code(c.command))]);
  }
  const asked = mentions === 'ask' && intent.kind === 'create' ? asTalk(intent) : intent;
  return startOrAsk(c, message, { intent: asked, typed });
}

const NO_TASK: IntentOf<'invalid'> = { kind: 'invalid', problems: [{ kind: 'no-task' }], draft: {} };

/** See `startTyped`. */
async function startOrAsk(
  c: ListenersContext,
  message: Message,
  { intent, typed }: Addressed,
): Promise<Rendered | null> {
  const [id, context] = [offerId(message), contextOf(message)];
  // A file or a forwarded message without a task.
  const wish = isStarting(intent) && intent.kind !== 'open-form' ? intent : NO_TASK;
  // Slack delivered it before, and its author was asked; perhaps Slack didn't take the question.
  const wasAsked = wish.kind === 'create' && (await c.store.forms.find(id)) !== null;
  // Its words are the task, and not quoted as well, unless it forwards another message.
  const isTask = message.forwarded === '';
  const quoted = message.threadTs === null && isTask ? null : context;
  const task = {
    dedupeKey: messageKey(message),
    context: quoted && { ...quoted, isTask },
    slackFileIds: isTask ? message.message.files.map((file) => file.id) : [],
  };
  const asked = { intent: wasAsked ? asTalk(wish) : wish, typed, task, form: { id, context } };
  // The card goes into the message's thread, or starts one under it.
  const origin = { ...message, threadTs: message.threadTs ?? message.ts };
  return startTyped(c, origin, asked);
}

/** Earlier messages of the thread are included, files and what is forwarded; words that are already the task are not. */
function contextOf(said: Message): MessageContext | null {
  const { channelId, threadTs, message, forwarded } = said;
  // An event has no name.
  const place = { channelId, channelName: '' };
  if (threadTs !== null) return { choice: 'until-here', ...place, picked: message };
  if (isOnlyText(said)) return null;
  const picked = forwarded === '' ? message : { ...message, text: withForwarded('', forwarded) };
  return { choice: 'message', ...place, picked };
}
