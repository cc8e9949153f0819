import type { Kysely } from 'kysely';
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

/**
 * One transaction, and with it the jobs that tell people where it ends; null: another process moved it. With a lease, a
 * LeaseLostError is thrown if another process has taken over.
 */
export function createReplyMoves({ db, replies, messages, toShow, enqueue }: MoveDeps) {
  return async (step: ReplyStep, lease?: Lease): Promise<Reply | null> => {
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
      return moved;
    });
  };
}
