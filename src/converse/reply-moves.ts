import type { Kysely } from 'kysely';
import { appendAudit } from '../store/audit.ts';
import type { AuditEntry } from '../store/audit.ts';
import type { Replies, Reply, ReplyStep } from '../store/replies.ts';
import type { NewMessage, SessionMessages } from '../store/session-messages.ts';
import type { Tables } from '../store/tables.ts';
import type { Enqueue, Lease } from '../queue/index.ts';

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
