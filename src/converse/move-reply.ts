import type { Kysely } from 'kysely';
import { messagePages, mirrorReply, type ListMessages } from '../follow/index.ts';
import type { Enqueue, Lease, SearchUntilFound } from '../queue/index.ts';
import { isRefusedReply, sentAs } from '../session/reply.ts';
import { appendAudit, type AuditEntry } from '../store/audit.ts';
import type { Echoes } from '../store/echoes.ts';
import type { Replies, Reply, ReplyStep } from '../store/replies.ts';
import type { Followed } from '../store/requests.ts';
import type { NewMessage, SessionMessages } from '../store/session-messages.ts';
import type { SessionRow } from '../store/sessions.ts';
import type { Tables } from '../store/tables.ts';

/** A reply with the session it is for, and the request that session was started for. */
export type ReplyInSession = Followed & { reply: Reply };

/**
 * null: on to the next one. Otherwise nothing more can be done for so many ms: the replies after it wait too, so that they
 * stay in order.
 */
export type ReplyOutcome = number | null;

export type MoveReply = ReturnType<typeof createMoveReply>;

type MoveDeps = {
  db: Kysely<Tables>;
  replies: Pick<Replies, 'move'>;
  messages: Pick<SessionMessages, 'add'>;
  enqueue: Enqueue;
};

type Delivery = {
  /** The Devin member it was sent as; null: the service user. */
  as?: string | null;
  /** The session was asleep. */
  wakes?: boolean;
  /** What to show in the thread of a delivered reply that wasn't written there; null: nothing. */
  mirror?: NewMessage | null;
};

/**
 * One transaction, with the jobs that tell people how it ended; null: another process moved it. With a lease, it throws
 * a LeaseLostError if another process has taken over.
 */
export function createMoveReply({ db, replies, messages, enqueue }: MoveDeps) {
  return async (
    { as = null, wakes = false, mirror = null, ...step }: ReplyStep & Delivery,
    lease?: Lease,
  ): Promise<Reply | null> =>
    db.transaction().execute(async (trx) => {
      const moved = await replies.move(step, trx);
      if (moved === null) return null;
      await lease?.fence(trx);
      const { id, sessionId } = moved;
      if (step.to === 'accepted' || step.to === 'sending') return moved;
      await enqueue('tell-reply', { replyId: id }, { trx });
      if (mirror !== null) {
        await messages.add(sessionId, [mirror], trx);
        await enqueue('post-waiting', { sessionId }, { trx });
      }
      await appendAudit(replyEntries(moved, { as, wakes }), trx);
      return moved;
    });
}

/** Only what Devin has, or may have. */
function replyEntries(reply: Reply, { as, wakes }: { as: string | null; wakes: boolean }): AuditEntry[] {
  const { state, userId, channelId, messageTs, sessionId, failure } = reply;
  const about = { userId, channelId, messageTs, sessionId };
  if (state === 'failed' && failure !== null && isRefusedReply(failure))
    return [{ ...about, kind: 'refusal', result: `reply:${failure.kind}` }];
  if (state !== 'delivered' && state !== 'unknown') return [];
  return [{ ...about, kind: wakes ? 'wake' : 'reply', devinUserId: as, result: state }];
}

type SettleDeps = {
  replies: Pick<Replies, 'find'>;
  echoes: Pick<Echoes, 'recognized' | 'unseenTwins'>;
  listMessages: ListMessages;
  move: MoveReply;
  searchUntilFound: SearchUntilFound;
  now: () => number;
};

export type SettleReply = (found: ReplyInSession, signal: AbortSignal) => Promise<ReplyOutcome>;

/**
 * sending -> delivered or unknown: the answer to a POST was lost, and a second POST might say everything twice. The
 * reply is searched for in the session's messages. If it isn't there, a person decides whether to send it again.
 */
export function createSettleReply(deps: SettleDeps): SettleReply {
  const { replies, move, searchUntilFound } = deps;

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
  { echoes, listMessages }: SettleDeps,
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
