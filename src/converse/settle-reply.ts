import { messagePages, mirrorReply, type ListMessages } from '../follow/index.ts';
import type { SearchUntilFound } from '../queue/index.ts';
import { sentAs } from '../session/reply.ts';
import type { Reply } from '../store/replies.ts';
import type { SessionRow } from '../store/sessions.ts';
import type { StoreParts } from '../store/store.ts';
import type { MoveReply, RelayParts } from './relay.ts';

type SettleDeps = {
  store: StoreParts<{ replies: 'find'; echoes: 'recognized' | 'unseenTwins' }>;
  listMessages: ListMessages;
  move: MoveReply;
  searchUntilFound: SearchUntilFound;
  now: () => number;
};

/**
 * sending -> delivered or unknown: the answer to a POST was lost, and a second POST might say everything twice. The
 * reply is searched for in the session's messages. If it isn't there, a person decides whether to send it again.
 */
export function createSettleReply(deps: SettleDeps): RelayParts['settle'] {
  const { replies } = deps.store;
  const { move, searchUntilFound } = deps;

  async function findEvent(session: SessionRow, id: string): Promise<string | null> {
    // The row has what was sent, and another process may have found it.
    const reply = await replies.find(id);
    if (reply === null) return null;
    return reply.eventId ?? findEcho(deps, session, reply);
  }

  return async (inSession, signal) => {
    const { session, reply } = inSession;
    const { id } = reply;
    const eventId = await searchUntilFound(async () => findEvent(session, id), signal);
    if (eventId !== null) {
      const mirror = mirrorReply(inSession, new Date(deps.now()));
      await move({ id, from: ['sending'], to: 'delivered', changes: { eventId }, mirror });
    } else await move({ id, from: ['sending'], to: 'unknown' });
    return null;
  };
}

/**
 * The message at Devin that is certainly this reply: Devin has more messages with this text than other replies account
 * for. null: it isn't there, or it may be another's.
 */
async function findEcho(
  { store: { echoes }, listMessages }: SettleDeps,
  session: SessionRow,
  reply: Reply,
): Promise<string | null> {
  const unclaimed: string[] = [];
  const { sessionId, messagesCursor: after } = session;
  for await (const { items } of messagePages(listMessages, sessionId, { after })) {
    const same = items
      .filter(({ source, message }) => source !== 'devin' && sentAs(message).includes(reply.sentText ?? ''))
      .map(({ eventId }) => eventId);
    const claimed = await echoes.recognized(sessionId, same);
    unclaimed.push(...same.filter((id) => !claimed.has(id)));
  }
  return unclaimed[await echoes.unseenTwins(reply)] ?? null;
}
