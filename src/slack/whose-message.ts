import { isResting, type SessionPhase } from '../session/lifecycle.ts';
import type { ThreadWord } from '../session/reply.ts';
import type { SteeredThread } from '../store/requests.ts';
import { beginsWithName, mentionsApp, readThreadMessage, withoutMention } from './command/message.ts';
import { isOnlyText, withForwarded } from './edge/messages.ts';
import type { Message } from './edge/payload.ts';
import { listenHere, type ThreadHere } from './edge/places.ts';
import type { ListenersContext } from './listeners/context.ts';
import { unescape } from './views/text.ts';

/** What becomes of a message in a session's thread. */
export type Route =
  /** People talk to each other. */
  | { kind: 'for-people' }
  | { kind: 'word'; word: ThreadWord }
  /** `text`: the task of another session. */
  | { kind: 'new'; text: string }
  | { kind: 'for-devin'; text: string }
  | KeptHere;
/** It would be for Devin, but stays here, and its author is told. */
export type KeptHere = { kind: 'muted' | 'at-rest'; text: string };

type Said = Pick<Message, 'slackText' | 'message' | 'forwarded'>;

/** The whole rule: whose a message in a session's thread is. */
export function routeOf(
  said: Said,
  where: ThreadHere & {
    /** null: the session hasn't started. */
    phase: SessionPhase | null;
    muted: boolean;
    isRequester: boolean;
    /** Devin asked its author something, and waits for the answer. */
    isAnswer: boolean;
    botUserId: string;
  },
): Route {
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

/** `said`: with the thread that it is in. */
export async function whoseMessage(
  { store, slack }: Pick<ListenersContext, 'store' | 'slack'>,
  { request, session }: SteeredThread,
  said: Said & Pick<Message, 'userId'> & { threadTs: string },
): Promise<Route> {
  const thread = session ?? { channelId: request.channelId, threadTs: said.threadTs, listen: null };
  const isRequester = request.userId === said.userId;
  const { phase = null, mutedBy = null, sessionId = request.id } = session ?? {};
  // Devin falls asleep while it waits.
  const mayWait = isRequester && phase === 'asleep';
  const [here, isUnanswered] = await Promise.all([
    listenHere(store, thread, request),
    mayWait && store.messages.isUnanswered(sessionId),
  ]);
  const isAnswer = isUnanswered || (isRequester && phase === 'needs-you');
  const muted = mutedBy !== null;
  return routeOf(said, { ...here, phase, muted, isRequester, isAnswer, botUserId: slack.botUserId() });
}
