import { readThreadMeaning } from '../slack/command/thread-words.ts';
import type { Replies, Reply } from '../store/replies.ts';
import type { Requests } from '../store/requests.ts';
import type { NewMessage } from '../store/session-messages.ts';
import type { SessionRow, Sessions } from '../store/sessions.ts';
import { REPLY_BY, shownEvent } from '../session/reply.ts';
import type { ReplyBy } from '../follow/index.ts';

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
