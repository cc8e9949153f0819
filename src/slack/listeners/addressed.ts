import type { MessageContext } from '../../session/context.ts';
import type { IntentOf, Wish } from '../../session/intent.ts';
import type { Person } from '../../store/identities.ts';
import type { Text } from '../../text/index.ts';
import type { RunsAs } from '../blocks/card-facts.ts';
import { notice } from '../blocks/notices.ts';
import type { Rendered } from '../blocks/objects.ts';
import {
  renderAnswerOrTask,
  renderOffer,
  renderRunning,
  renderWordless,
  type AnswerOrTask,
} from '../blocks/offer.ts';
import { linkedTitle } from '../blocks/session-card.ts';
import { code, unescape } from '../blocks/text.ts';
import { cardView, requesterName, runsAs } from '../card-view.ts';
import { renderDoubt, renderHelp } from '../command/help.ts';
import { readAddressed, type AddressedMeaning } from '../command/meaning.ts';
import { parseNew } from '../command/parse.ts';
import { ACTION } from '../ids.ts';
import { isOnlyText, withForwarded } from '../messages.ts';
import type { Message } from '../payload.ts';
import { privatePlace, unnamedPlace, type Origin } from '../places.ts';
import type { TypedTask } from '../request-inbox.ts';
import type { Tools } from './tools.ts';

/** What it takes to start a session with a message, or to answer its author. */
type AnsweringDeps = Pick<
  Tools,
  | 'inbox'
  | 'formInbox'
  | 'sessions'
  | 'identify'
  | 'answerMessage'
  | 'botUserId'
  | 'command'
  | 'tagRequests'
  | 'textFor'
>;

export type AddressedDeps = AnsweringDeps & Pick<Tools, 'askingIn' | 'now' | 'mentionsAt'>;

/** A message to the app that belongs to no session: a task starts, and what may not be one is offered to its author. */
export async function answerAddressed(deps: AddressedDeps, message: Message): Promise<void> {
  const { slackText, userId, channelId, placeKind, threadTs } = message;
  const isDirect = placeKind === 'direct';
  const { command, tagRequests: ownTag } = deps;
  const reading = { botUserId: deps.botUserId(), isDirect, ownTag, command };
  const meaning = readAddressed(slackText, reading);
  const answer = meaning === null ? null : await act(deps, message, meaning);
  // In direct messages the answer stays; elsewhere only the author sees it.
  const place = privatePlace({ userId, channelId: isDirect ? null : channelId, threadTs });
  if (answer !== null) await deps.answerMessage(message, place, answer);
}

/** What to tell the author; null: nothing. */
async function act(
  deps: AddressedDeps,
  message: Message,
  meaning: AddressedMeaning,
): Promise<Rendered | null> {
  const { command } = deps;
  if (meaning.kind === 'nothing') return null;
  const text = await deps.textFor(message.userId);
  if (meaning.kind === 'help')
    return isOnlyText(message) ? renderHelp({ command, topic: null }, text) : askForTask(deps, message, text);
  const asking = mayAnswer(meaning)
    ? await answerOrTask(deps, message, { typed: meaning.typed, text })
    : null;
  if (meaning.kind === 'thanks') return asking && renderAnswerOrTask(asking, null, text);
  const mentions = await deps.mentionsAt(message);
  if (mentions === 'off') return mentionsOff(deps, text);
  if (meaning.kind === 'create' && mentions === 'start' && asking === null)
    return start(deps, message, { wish: meaning, text });
  if (asking !== null) return renderAnswerOrTask(asking, await offer(deps, message, meaning), text);
  if (meaning.kind === 'create' || saysNothing(meaning))
    return renderOffer(await offer(deps, message, meaning), await runsAsOf(deps, message), text);
  return doubt(deps, message, { intent: meaning, typed: meaning.typed, text });
}

function mentionsOff({ command }: AddressedDeps, { policy }: Text): Rendered {
  return notice([policy.mentionsOff(code(command))]);
}

export const NO_WISH: Wish = { draft: {}, reset: [] };

/** A file or a forwarded message without words. */
async function askForTask(deps: AddressedDeps, message: Message, text: Text): Promise<Rendered> {
  if ((await deps.mentionsAt(message)) === 'off') return mentionsOff(deps, text);
  return renderWordless(await offer(deps, message, NO_WISH), text);
}

/** The id of its form. */
async function offer({ formInbox }: AnsweringDeps, message: Message, wish: Wish): Promise<string> {
  const offered = { wish, context: contextOf(message) };
  return (await formInbox.offerMessage(originOf(message), message.ts, offered)).id;
}

/** In characters: a button's value holds it. */
const LONGEST_ANSWER = 500;

/** Some people answer Devin outside the question's thread. A long message, or one with files, is a task. null: it's no answer. */
async function answerOrTask(
  { askingIn, now }: AddressedDeps,
  message: Message,
  { typed, text }: { typed: string; text: Text },
): Promise<AnswerOrTask | null> {
  const { placeKind, slackText, ts } = message;
  if (placeKind !== 'direct' || !isOnlyText(message) || slackText.length > LONGEST_ANSWER) return null;
  const asking = await askingIn(message);
  if (asking === null) return null;
  const held = { requestId: asking.request.id, ts, text: unescape(typed) };
  return { held, session: linkedTitle(cardView({ ...asking, nowMs: now() }, text), text) };
}

type Worded = Exclude<AddressedMeaning, { kind: 'nothing' | 'help' }>;

/** Not if it reads like a command, or has a wrong option. A credential may be what Devin asked for. */
function mayAnswer(meaning: Worded): boolean {
  if (meaning.kind === 'create' || meaning.kind === 'thanks') return true;
  return saysNothing(meaning) || (meaning.kind === 'ask-first' && meaning.hint?.kind === 'credential');
}

/** There is nothing to ask but whether it is a task. */
function saysNothing(intent: IntentOf<'ask-first' | 'invalid'>): boolean {
  if (intent.kind === 'invalid') return false;
  return intent.about === null && intent.meant === null && intent.hint === null;
}

/** Empty if nobody could tell in time: the card says it later. */
async function runsAsOf({ identify }: AnsweringDeps, { teamId, userId }: Person): Promise<RunsAs> {
  const identity = await identify({ teamId, userId });
  return { requesterName: requesterName(identity), runsAs: runsAs(identity) };
}

/**
 * The request is on disk once this resolves. If the person asked for the same there a moment ago, it resolves with a
 * question instead. If they may not start a session, the request's job tells them why.
 */
async function start(
  deps: AnsweringDeps,
  message: Message,
  { wish, text }: { wish: Wish; text: Text },
): Promise<Rendered | null> {
  const { inbox, sessions, formInbox } = deps;
  const origin = originOf(message);
  // Slack delivered it before, and its author was asked; perhaps Slack didn't take the question.
  const before = await formInbox.offerOf(message);
  if (before !== null)
    return before.sentIn === null ? renderOffer(before.id, await runsAsOf(deps, message), text) : null;
  const requestId = await inbox.acceptMessage(origin, message.ts, taskOf(message, wish));
  if (requestId === null) return null;
  const session = await sessions.ofRequest(requestId);
  const another = { actionId: ACTION.startAsTask, formId: await offer(deps, message, wish) };
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
  reset: [],
};

/** `!new` in a session's thread: like a mention, the card is the answer. */
export async function answerNew(deps: AnsweringDeps, message: Message, task: string): Promise<void> {
  const intent = parseNew(task, { ownTag: deps.tagRequests });
  const wish = intent.kind === 'open-form' ? NO_TASK : intent;
  const text = await deps.textFor(message.userId);
  const answer =
    wish.kind === 'create'
      ? await start(deps, message, { wish, text })
      : await doubt(deps, message, { intent: wish, typed: task, text });
  if (answer !== null) await deps.answerMessage(message, privatePlace(message), answer);
}

type Doubted = { intent: IntentOf<'ask-first' | 'invalid'>; typed: string; text: Text };

async function doubt(deps: AnsweringDeps, message: Message, { intent, typed, text }: Doubted) {
  const formId = await offer(deps, message, intent);
  return renderDoubt(intent, { command: deps.command, typed: unescape(typed), formId }, text);
}

/** The card goes into the message's thread, or starts one under it. */
function originOf({ teamId, userId, channelId, placeKind, ts, threadTs }: Message): Origin {
  return { teamId, userId, channelId, threadTs: threadTs ?? ts, placeKind, responseUrl: null };
}

/** Earlier messages of the thread are included, files and what is forwarded; words that are already the task are not. */
export function contextOf({
  channelId,
  placeKind,
  threadTs,
  message,
  forwarded,
}: Pick<Message, 'channelId' | 'placeKind' | 'threadTs' | 'message' | 'forwarded'>): MessageContext | null {
  const place = { channelId, channelName: unnamedPlace(placeKind) };
  if (threadTs !== null) return { choice: 'until-here', ...place, picked: message };
  if (forwarded === '' && message.files.length === 0) return null;
  const picked = forwarded === '' ? message : { ...message, text: withForwarded('', forwarded) };
  return { choice: 'message', ...place, picked };
}
