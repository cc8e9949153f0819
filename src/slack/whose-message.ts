import { isResting, type SessionPhase } from '../session/lifecycle.ts';
import type { ThreadWord } from '../session/reply.ts';
import type { SteeredThread } from '../store/requests.ts';
import type { SessionRow } from '../store/sessions.ts';
import type { StoreParts } from '../store/store.ts';
import { beginsWithName, mentionsApp, readThreadMessage, withoutMention } from './command/message.ts';
import { isOnlyText, readMessage, withForwarded } from './edge/messages.ts';
import type { Message } from './edge/payload.ts';
import { listenHere, type ThreadHere } from './edge/places.ts';

/** What becomes of a message in a session's thread. */
export type Route =
  /** People talk to each other. */
  | { kind: 'for-people' }
  | { kind: 'for-devin'; text: string }
  | { kind: 'word'; word: ThreadWord }
  /** `text`: the task of another session. */
  | { kind: 'new'; text: string }
  /** Devin doesn't get it, and its author is told. */
  | { kind: 'stays-here'; reason: 'muted' | 'at-rest'; text: string };

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
  const { phase, muted, began, isRequester, isAnswer, botUserId } = where;
  const { slackText } = said;
  const read = readThreadMessage(slackText, botUserId);
  // With a file or a forwarded message, a word is about it: `exit` with a screenshot ends nothing.
  const isPlain = isOnlyText(said);
  const text = withoutMention(slackText.trim(), botUserId);
  const meaning = read.kind === 'word' && !isPlain ? { kind: 'reply' as const, text } : read;
  const isToOthers = began !== 'direct' && beginsWithName(slackText, botUserId);
  if (meaning.kind === 'aside' || isToOthers) return { kind: 'for-people' };
  if (meaning.kind === 'new') return meaning;
  const isMention = mentionsApp(slackText, botUserId);
  const isAmongUs = isMention || began !== 'people' || isRequester;
  if (meaning.kind === 'word') return isAmongUs ? meaning : { kind: 'for-people' };
  if (isPlain && text.trim() === '' && slackText.trim() !== '') return { kind: 'word', word: 'help' };
  if (!isMention && !isAnswer && !isHeard(where)) return { kind: 'for-people' };
  const readable = withForwarded(readMessage({ ts: said.message.ts, text }).text, said.forwarded);
  if (muted) return { kind: 'stays-here', reason: 'muted', text: readable };
  const isAtRest = phase !== null && (isResting(phase) || phase === 'gone');
  return isAtRest && !isMention && !isAnswer
    ? { kind: 'stays-here', reason: 'at-rest', text: readable }
    : { kind: 'for-devin', text: readable };
}

/** What Devin gets of a message that it has, once edited; null: nothing. */
export function editedText(said: Said, botUserId: string): string | null {
  const meaning = readThreadMessage(said.slackText, botUserId);
  if (meaning.kind !== 'reply' || beginsWithName(said.slackText, botUserId)) return null;
  return withForwarded(readMessage({ ts: said.message.ts, text: meaning.text }).text, said.forwarded);
}

/** Without a mention of the app. */
function isHeard({ listen, began, isRequester }: ThreadHere & { isRequester: boolean }): boolean {
  if (began === 'direct') return true;
  return listen === null ? began === 'app' || isRequester : listen === 'thread';
}

export type WhoseContext = {
  store: StoreParts<{
    requests: 'isUnderCard';
    settings: 'preferencesFor';
    messages: 'isUnanswered';
  }>;
  slack: { botUserId: () => string };
};

/** `place`: where the message is. */
export async function whoseMessage(
  context: WhoseContext,
  { request, session }: SteeredThread,
  said: Said & Pick<Message, 'userId'> & { threadTs: string },
): Promise<Route> {
  const { store, slack } = context;
  const thread = session ?? { channelId: request.channelId, threadTs: said.threadTs, listen: null };
  const isRequester = request.userId === said.userId;
  const [here, isAnswer] = await Promise.all([
    listenHere(store, thread, request),
    isRequester && waitsForAnswer(context, session),
  ]);
  const phase = session?.phase ?? null;
  return routeOf(said, {
    ...here,
    phase,
    muted: session?.muted === true,
    isRequester,
    isAnswer,
    botUserId: slack.botUserId(),
  });
}

/** Devin falls asleep while it waits. */
async function waitsForAnswer({ store }: WhoseContext, session: SessionRow | null): Promise<boolean> {
  if (session === null) return false;
  const { phase, sessionId } = session;
  return phase === 'needs-you' || (phase === 'asleep' && (await store.messages.isUnanswered(sessionId)));
}
