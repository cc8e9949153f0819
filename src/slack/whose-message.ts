import { isOver, isResting } from '../session/lifecycle.ts';
import { isForDevin, ownershipOf } from '../session/preferences.ts';
import type { ThreadWord } from '../session/reply.ts';
import type { Replies } from '../store/replies.ts';
import type { SessionRequest } from '../store/request-row.ts';
import type { Requests } from '../store/requests.ts';
import type { SessionMessages } from '../store/session-messages.ts';
import type { SessionRow } from '../store/sessions.ts';
import type { Settings } from '../store/settings.ts';
import {
  isCourtesy,
  mentionsIn,
  readThreadMeaning,
  withoutMention,
  type ThreadMeaning,
} from './command/meaning.ts';
import { isOnlyText, readMessage, withForwarded } from './messages.ts';
import type { Message } from './payload.ts';
import { createListenHere, type ListeningThread } from './places.ts';

type Said = Pick<Message, 'slackText' | 'message' | 'forwarded'>;
type SaidBy = Said & { userId: string };

/** Why Devin gets nothing from a thread for now. */
type Closed = 'muted' | 'untied';

/** What is known where a message was said. */
type Known = {
  session: Pick<SessionRow, 'phase' | 'snapshot'>;
  /** Whether the author talks to Devin here, not to other people. */
  isHeard: boolean;
  closed: Closed | null;
  /** Devin's last message, of a session at rest; null: none. */
  lastWords: string | null;
};

/** What becomes of a message in a session's thread. */
type Fate =
  /** People talk to each other. */
  | { kind: 'for-people' }
  | { kind: 'for-devin'; text: string }
  | { kind: 'keyword'; keyword: ThreadWord | 'archive' | 'stop' }
  /** It may be a keyword. */
  | { kind: 'ask-first' }
  | { kind: 'help' }
  /** `text`: the task of another session. */
  | { kind: 'new'; text: string }
  /** Devin doesn't get it, and its author is told. */
  | { kind: 'stays-here'; reason: Closed | 'courtesy' };

type WhoseDeps = {
  requests: Pick<Requests, 'find' | 'isUnderCard'>;
  settings: Pick<Settings, 'preferencesFor'>;
  replies: Pick<Replies, 'isOpening'>;
  messages: Pick<SessionMessages, 'lastMessage'>;
  botUserId: () => string;
};

/** Finds out whose a message in a session's thread is: Devin's, the app's, or people's. */
export function createWhoseMessage(deps: WhoseDeps) {
  const { requests, replies, messages, botUserId } = deps;
  const listenHere = createListenHere(deps);

  async function isHeard(thread: ListeningThread, request: SessionRequest, { userId, slackText }: SaidBy) {
    const isRequester = ownershipOf(request).requester === userId;
    const mentions = mentionsIn(slackText, botUserId());
    return isForDevin({ ...(await listenHere(thread, request)), isRequester, mentions });
  }

  async function isHeardIn(session: SessionRow, said: SaidBy): Promise<boolean> {
    const request = await requests.find(session.requestId);
    return request !== null && (await isHeard(session, request, said));
  }

  /** null: open, or about to be. The job that sends a message looks again. */
  async function closedBy({ sessionId, muted, synced }: SessionRow): Promise<Closed | null> {
    if ((!muted && synced) || (await replies.isOpening(sessionId))) return null;
    return synced ? 'muted' : 'untied';
  }

  return {
    closedBy,

    /** Whether Devin gets what this person says in the thread, if they say it to Devin. */
    isTaken: async (session: SessionRow, said: SaidBy): Promise<boolean> =>
      (await isHeardIn(session, said)) && (await closedBy(session)) === null,

    /** What becomes of a message in the thread of a session that hasn't started. */
    async earlyFateOf(
      thread: Omit<ListeningThread, 'listen'>,
      request: SessionRequest,
      said: SaidBy,
    ): Promise<'for-people' | 'cancel' | 'too-early'> {
      const meaning = meaningOf(said, botUserId());
      const isForApp =
        meaning.kind !== 'aside' && (await isHeard({ ...thread, listen: null }, request, said));
      if (!isForApp) return 'for-people';
      return isOnlyText(said) && saysStop(meaning) ? 'cancel' : 'too-early';
    },

    /** `isElsewhere`: its author sent it to the session from outside the thread. */
    async fateOf(session: SessionRow, said: SaidBy, isElsewhere = false): Promise<Fate> {
      const [heard, closed, last] = await Promise.all([
        isElsewhere || isHeardIn(session, said),
        isElsewhere ? null : closedBy(session),
        isResting(session.phase) ? messages.lastMessage(session.sessionId) : null,
      ]);
      const known = { session, isHeard: heard, closed, lastWords: last?.text ?? null };
      return fateOf(said, known, botUserId());
    },
  };
}

/** Nothing is lost with a request that hasn't started. */
function saysStop(meaning: ThreadMeaning): boolean {
  return meaning.kind === 'stop' || meaning.kind === 'ask-stop';
}

function fateOf(said: Said, known: Known, botUserId: string): Fate {
  const meaning = meaningOf(said, botUserId);
  switch (meaning.kind) {
    case 'aside':
      return { kind: 'for-people' };
    case 'help':
      return { kind: 'help' };
    case 'new':
      return meaning;
    case 'ask-stop':
      return { kind: 'ask-first' };
    case 'reply':
      return fateOfWords(said, meaning, { ...known, botUserId });
    default:
      return { kind: 'keyword', keyword: meaning.kind };
  }
}

/** Not within an address. In Japanese, it may end without a mark: `マージしてもよろしいですか。` */
const QUESTION = /[?？](?![\w&=/%-])|(?:です|ます|ません|でしょう|ましょう)か(?=[。\s]|$)/;

/** Thanks wake no session. */
function fateOfWords(
  said: Said,
  { text }: Extract<ThreadMeaning, { kind: 'reply' }>,
  { session, isHeard, closed, lastWords, botUserId }: Known & { botUserId: string },
): Fate {
  const isPlain = isOnlyText(said);
  if (isPlain && text.trim() === '' && said.slackText.trim() !== '') return { kind: 'help' };
  if (!isHeard) return { kind: 'for-people' };
  if (closed !== null) return { kind: 'stays-here', reason: closed };
  // It asks for nothing, and would wake a session at rest. If Devin asked something last, an OK is an answer.
  const isThanks = isPlain && isCourtesy(said.slackText, botUserId) && !QUESTION.test(lastWords ?? '');
  // A session that is over can't be woken: nobody needs to hear of it.
  if (isThanks && isOver(session)) return { kind: 'for-people' };
  if (isThanks && isResting(session.phase)) return { kind: 'stays-here', reason: 'courtesy' };
  const readable = readMessage({ ts: said.message.ts, text }).text;
  return { kind: 'for-devin', text: withForwarded(readable, said.forwarded) };
}

const IN_WORDS: ReadonlySet<ThreadMeaning['kind']> = new Set(['reply', 'new', 'aside']);

/** With a file or a forwarded message, a keyword is a word about it: `exit` with a screenshot ends nothing. */
function meaningOf(said: Said, botUserId: string): ThreadMeaning {
  const meaning = readThreadMeaning(said.slackText, botUserId);
  if (IN_WORDS.has(meaning.kind) || isOnlyText(said)) return meaning;
  const text = withoutMention(said.slackText.trim(), botUserId);
  return { kind: 'reply', text };
}
