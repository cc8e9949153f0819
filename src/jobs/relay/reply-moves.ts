import type { Kysely } from 'kysely';
import type { Replies, Reply, ReplyStep } from '../../store/replies.ts';
import type { Tables } from '../../store/tables.ts';
import type { Enqueue } from '../queue.ts';

/** What became of a reply for now. */
export type ReplyOutcome =
  /** On to the next one. */
  | { kind: 'done' }
  /** Nothing more can be done now, and those behind it wait too: they stay in order. */
  | { kind: 'later'; afterMs: number };

export const DONE: ReplyOutcome = { kind: 'done' };

export type MoveReply = ReturnType<typeof createReplyMoves>;

type MoveDeps = { db: Kysely<Tables>; replies: Pick<Replies, 'move'>; enqueue: Enqueue };

/** One transaction, and with it the job that tells the person where it ends; null: somebody else moved it. */
export function createReplyMoves({ db, replies, enqueue }: MoveDeps) {
  return async (step: ReplyStep): Promise<Reply | null> =>
    db.transaction().execute(async (trx) => {
      const moved = await replies.move(step, trx);
      const ends = step.to === 'delivered' || step.to === 'failed' || step.to === 'unknown';
      if (moved !== null && ends) await enqueue('tell-reply', { replyId: step.id }, { trx });
      return moved;
    });
}
