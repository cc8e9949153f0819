import type { MessageContext } from '../../session/context.ts';
import type { IntentOf, Wish } from '../../session/intent.ts';
import type { Person } from '../../store/identities.ts';
import { messageKey, offerId, findFollowed } from '../../store/requests.ts';
import type { Text } from '../../text/index.ts';
import { identify } from '../authority.ts';
import { cardView, requesterName, runsAs } from '../card-view.ts';
import { renderDoubt } from '../command/help.ts';
import { readAddressed, type Addressed } from '../command/message.ts';
import { parseNew } from '../command/parse.ts';
import { ACTION } from '../edge/ids.ts';
import { isOnlyText, withForwarded } from '../edge/messages.ts';
import type { Message } from '../edge/payload.ts';
import { privatePlace, unnamedPlace, type Origin } from '../edge/places.ts';
import { holdReply } from '../inbox/acts.ts';
import { acceptTask, offerMessage, type TypedTask } from '../inbox/requests.ts';
import { answerMessage } from '../tell-once.ts';
import { notice } from '../views/notices.ts';
import type { Rendered } from '../views/objects.ts';
import {
  renderAnswerOrTask,
  renderOffer,
  renderRunning,
  renderWordless,
  type AnswerOrTask,
} from '../views/offer.ts';
import { type RunsAs, linkedTitle } from '../views/session-card.ts';
import { code, unescape } from '../views/text.ts';
import { answerCommand, isStarting } from './commands.ts';
import { mentionsAt } from './commands/settings.ts';
import type { ListenersContext } from './context.ts';

/** A message to the app that belongs to no session: the grammar is the command's, and so are its answers. */
export async function answerAddressed(c: ListenersContext, message: Message): Promise<void> {
  const { slackText, userId, channelId, placeKind, threadTs } = message;
  const isDirect = placeKind === 'direct';
  const { command, tagRequests: ownTag } = c;
  const botUserId = c.slack.botUserId();
  const addressed = readAddressed(slackText, { botUserId, isDirect, ownTag, command });
  const answer = addressed === null ? null : await act(c, message, addressed);
  // In direct messages the answer stays; elsewhere only the author sees it.
  const place = privatePlace({ userId, channelId: isDirect ? null : channelId, threadTs });
  if (answer !== null) await answerMessage(c, { message, place, answer });
}

/** What to tell the author; null: nothing. */
async function act(
  c: ListenersContext,
  message: Message,
  { intent, typed }: Addressed,
): Promise<Rendered | null> {
  const text = await c.textFor(message.userId);
  const mayStart = isStarting(intent) || !isOnlyText(message);
  if (!mayStart) return answerCommand(c, callOf(message, typed), intent);
  const mentions = await mentionsAt(c, message);
  if (mentions === 'off') return notice([text.policy.mentionsOff(code(c.command))]);
  // A file or a forwarded message without a task.
  if (!isStarting(intent) || intent.kind === 'open-form')
    return renderWordless(await offer(c, message, NO_WISH), text);
  const isPlain =
    intent.kind === 'create' || (intent.kind === 'ask-first' && intent.doubt.kind === 'perhaps-talk');
  const asking = isPlain ? await answerOrTask(c, message, { typed, text }) : null;
  if (asking !== null) return renderAnswerOrTask(asking, await offer(c, message, intent), text);
  if (intent.kind === 'create' && mentions === 'start') return start(c, message, { wish: intent, text });
  if (isPlain) return renderOffer(await offer(c, message, intent), await runsAsOf(c, message), text);
  return doubt(c, message, { intent, typed, text });
}

/** A sub-command as a message runs once, however often that is delivered. */
function callOf({ teamId, userId, channelId, placeKind, threadTs, ts }: Message, typed: string) {
  const deliveryId = `message:${channelId}:${ts}`;
  return {
    teamId,
    userId,
    channelId,
    threadTs,
    placeKind,
    responseUrl: null,
    deliveryId,
    typed,
    triggerId: null,
  };
}

const NO_WISH: Wish = { draft: {} };

/** The id of its form. */
async function offer(c: ListenersContext, message: Message, wish: Wish): Promise<string> {
  const origin = { ...originOf(message), ts: message.ts };
  return (await offerMessage(c, origin, { wish, context: contextOf(message) })).id;
}

/** In characters. */
const LONGEST_ANSWER = 500;

/** Some people answer Devin outside the question's thread. A long message, or one with files, is a task. null: it's no answer. */
async function answerOrTask(
  c: ListenersContext,
  message: Message,
  { typed, text }: { typed: string; text: Text },
): Promise<AnswerOrTask | null> {
  const { placeKind, slackText, userId, channelId, ts } = message;
  if (placeKind !== 'direct' || !isOnlyText(message) || slackText.length > LONGEST_ANSWER) return null;
  const sessionId = await c.store.listing.askedIn(message);
  const asking = sessionId === null ? null : await findFollowed(c.store, sessionId);
  if (asking === null) return null;
  const said = { userId, channelId, ts, text: unescape(typed), files: [] };
  const replyId = await holdReply(c, { thread: asking, ...said });
  return { replyId, session: linkedTitle(cardView({ ...asking, nowMs: c.now() }, text), text) };
}

/** Empty if nobody could tell in time: the card says it later. */
async function runsAsOf(c: ListenersContext, { teamId, userId }: Person): Promise<RunsAs> {
  const identity = await identify(c, { teamId, userId });
  return { requesterName: requesterName(identity), runsAs: runsAs(identity) };
}

/**
 * The request is on disk once this resolves. If the person asked for the same there a moment ago, it resolves with a
 * question instead. If they may not start a session, the request's job tells them why.
 */
async function start(
  c: ListenersContext,
  message: Message,
  { wish, text }: { wish: Wish; text: Text },
): Promise<Rendered | null> {
  const origin = originOf(message);
  // Slack delivered it before, and its author was asked; perhaps Slack didn't take the question.
  const before = await c.store.forms.find(offerId(message));
  if (before !== null)
    return before.sentIn === null ? renderOffer(before.id, await runsAsOf(c, message), text) : null;
  const requestId = await acceptTask(c, origin, { dedupeKey: messageKey(message), ...taskOf(message, wish) });
  if (requestId === null) return null;
  const session = await c.store.sessions.ofRequest(requestId);
  const another = { actionId: ACTION.startAsTask, formId: await offer(c, message, wish) };
  return renderRunning({ requestId, url: session?.url ?? null, another }, text);
}

/** Its words are the task, and not quoted as well, unless it forwards another message. */
function taskOf(message: Message, wish: Wish): TypedTask {
  const isTask = message.forwarded === '';
  const context = message.threadTs === null && isTask ? null : contextOf(message);
  return { wish, context: context && { ...context, isTask }, files: isTask ? message.message.files : [] };
}

const NO_TASK: IntentOf<'invalid'> = {
  kind: 'invalid',
  problems: [{ kind: 'no-task' }],
  draft: {},
};

/** `!new` in a session's thread: like a mention, the card is the answer. */
export async function answerNew(c: ListenersContext, message: Message, task: string): Promise<void> {
  const intent = parseNew(task, { ownTag: c.tagRequests });
  const wish = intent.kind === 'open-form' ? NO_TASK : intent;
  const text = await c.textFor(message.userId);
  const answer =
    wish.kind === 'create'
      ? await start(c, message, { wish, text })
      : await doubt(c, message, { intent: wish, typed: task, text });
  if (answer !== null) await answerMessage(c, { message, place: privatePlace(message), answer });
}

type Doubted = { intent: IntentOf<'ask-first' | 'invalid'>; typed: string; text: Text };

async function doubt(c: ListenersContext, message: Message, { intent, typed, text }: Doubted) {
  const formId = await offer(c, message, intent);
  return renderDoubt(intent, { command: c.command, typed: unescape(typed), formId }, text);
}

/** The card goes into the message's thread, or starts one under it. */
function originOf({ teamId, userId, channelId, placeKind, ts, threadTs }: Message): Origin {
  return { teamId, userId, channelId, threadTs: threadTs ?? ts, placeKind, responseUrl: null };
}

/** Earlier messages of the thread are included, files and what is forwarded; words that are already the task are not. */
function contextOf({ channelId, placeKind, threadTs, message, forwarded }: Message): MessageContext | null {
  const place = { channelId, channelName: unnamedPlace(placeKind) };
  if (threadTs !== null) return { choice: 'until-here', ...place, picked: message };
  if (forwarded === '' && message.files.length === 0) return null;
  const picked = forwarded === '' ? message : { ...message, text: withForwarded('', forwarded) };
  return { choice: 'message', ...place, picked };
}
