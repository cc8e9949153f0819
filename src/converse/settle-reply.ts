import type { SearchUntilFound } from '../queue/index.ts';
import type { Replies, Reply } from '../store/replies.ts';
import type { SessionRow } from '../store/sessions.ts';
import type { ListMessages } from '../follow/index.ts';
import { DONE } from './reply-moves.ts';
import type { MoveReply, ReplyOutcome } from './reply-moves.ts';

type SettleDeps = {
  replies: Pick<Replies, 'find' | 'recognized' | 'unseenTwins'>;
  listMessages: ListMessages;
  move: MoveReply;
  searchUntilFound: SearchUntilFound;
};

const PAGE = 100;

/**
 * sending -> delivered or unknown: the answer to a POST was lost, and repeating it might say everything twice. So the
 * session is looked through; whether to send again what is not found, a person decides.
 */
export function createSettleReply(deps: SettleDeps) {
  const { replies, move, searchUntilFound } = deps;

  async function look(session: SessionRow, reply: Reply): Promise<string | null> {
    const current = await replies.find(reply.id);
    // As it is on disk: with what was sent.
    return current?.eventId ?? (await findEcho(deps, session, current ?? reply));
  }

  return async (session: SessionRow, reply: Reply, signal: AbortSignal): Promise<ReplyOutcome> => {
    const found = await searchUntilFound(async () => look(session, reply), signal);
    if (found.kind === 'stopped') signal.throwIfAborted();
    const { id } = reply;
    if (found.kind === 'found')
      await move({ id, from: ['sending'], to: 'delivered', changes: { eventId: found.value } });
    else await move({ id, from: ['sending'], to: 'unknown' });
    return DONE;
  };
}

/**
 * The message at Devin that is this reply for certain: of those in the same words there are more than other replies can
 * account for. null: it is not there, or it may be another's.
 */
async function findEcho(
  { replies, listMessages }: SettleDeps,
  session: SessionRow,
  reply: Reply,
): Promise<string | null> {
  const unclaimed: string[] = [];
  let cursor = session.messagesCursor;
  for (;;) {
    const page = await listMessages(session.sessionId, { after: cursor, first: PAGE });
    const echoes = page.items
      .filter(({ source, message }) => source !== 'devin' && message.trim() === reply.sentText)
      .map(({ event_id: id }) => id);
    const taken = await replies.recognized(session.sessionId, echoes);
    unclaimed.push(...echoes.filter((id) => !taken.has(id)));
    if (!page.has_next_page || page.end_cursor === null || page.end_cursor === cursor) break;
    cursor = page.end_cursor;
  }
  return unclaimed[await replies.unseenTwins(reply)] ?? null;
}
