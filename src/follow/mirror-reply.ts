import { REPLY_BY, shownEvent } from '../session/reply.ts';
import { readThreadMeaning } from '../slack/command/thread-keywords.ts';
import { isDirectMessage } from '../slack/places.ts';
import type { Reply } from '../store/replies.ts';
import type { Followed } from '../store/requests.ts';
import type { NewMessage } from '../store/session-messages.ts';
import type { ReplyBy } from './post-message.ts';

/**
 * A reply from a dialog or a command, as its thread shows it to the others; null: they see it anyway, or shouldn't. In
 * direct messages with the app, the requester is alone.
 */
export function mirrorReply(
  { reply, session, request }: Followed & { reply: Reply },
  saidAt: Date,
): NewMessage | null {
  const { id, userId, via, text } = reply;
  const { channelId, synced, threadTrouble } = session;
  if (via === null || !synced || threadTrouble !== null) return null;
  const isAlone = isDirectMessage(channelId) && userId === request.userId;
  if (isAlone || readThreadMeaning(text, '').kind === 'aside') return null;
  return {
    eventId: shownEvent(id),
    source: REPLY_BY,
    text: JSON.stringify({ userId, via, text } satisfies ReplyBy),
    state: 'pending',
    saidAt,
  };
}
