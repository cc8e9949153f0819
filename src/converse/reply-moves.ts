import type { Kysely } from 'kysely';
import type { ListMessages } from '../follow/index.ts';
import type { Enqueue, Lease, SearchUntilFound } from '../queue/index.ts';
import { appendAudit } from '../store/audit.ts';
import type { AuditEntry } from '../store/audit.ts';
import type { Replies, Reply, ReplyStep } from '../store/replies.ts';
import type { NewMessage, SessionMessages } from '../store/session-messages.ts';
import type { SessionRow } from '../store/sessions.ts';
import type { Tables } from '../store/tables.ts';

/** What became of a reply for now. */
export type ReplyOutcome =
  /** On to the next one. */
  | { kind: 'done' }
  /** Nothing more can be done now, and those after it wait too: they stay in order. */
  | { kind: 'later'; afterMs: number };

export const DONE: ReplyOutcome = { kind: 'done' };

export type MoveReply = ReturnType<typeof createReplyMoves>;

type MoveDeps = {
  db: Kysely<Tables>;
  replies: Pick<Replies, 'move'>;
  messages: Pick<SessionMessages, 'add'>;
  /** What of a delivered reply the others in its thread have not seen; null: nothing. */
  toShow: (replyId: string) => Promise<NewMessage | null>;
  enqueue: Enqueue;
};

/** `as`: the Devin member it was sent as; `wakes`: the session was asleep. */
type Said = { as?: string | null; wakes?: boolean };
type Move = ReplyStep & Said;

/**
 * One transaction, and with it the jobs that tell people where it ends; null: another process moved it. With a lease, a
 * LeaseLostError is thrown if another process has taken over.
 */
export function createReplyMoves({ db, replies, messages, toShow, enqueue }: MoveDeps) {
  return async ({ as = null, wakes = false, ...step }: Move, lease?: Lease): Promise<Reply | null> => {
    const shown = step.to === 'delivered' ? await toShow(step.id) : null;
    return db.transaction().execute(async (trx) => {
      const moved = await replies.move(step, trx);
      if (moved === null) return null;
      await lease?.fence(trx);
      const { id, sessionId } = moved;
      const ends = step.to === 'delivered' || step.to === 'failed' || step.to === 'unknown';
      if (ends) await enqueue('tell-reply', { replyId: id }, { trx });
      if (shown !== null) {
        await messages.add(sessionId, [shown], trx);
        await enqueue('relay-from-devin', { sessionId }, { trx, key: sessionId });
      }
      await appendAudit(replyEntries(moved, { as, wakes }), trx);
      return moved;
    });
  };
}

/** Of what Devin has, or may have. */
function replyEntries(reply: Reply, { as, wakes }: Required<Said>): AuditEntry[] {
  const { state, userId, channelId, messageTs, sessionId } = reply;
  if (state !== 'delivered' && state !== 'unknown') return [];
  const kind = wakes ? 'wake' : 'reply';
  return [{ kind, userId, devinUserId: as, channelId, messageTs, sessionId, result: state }];
}

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
