import type { Kysely } from 'kysely';
import type { ReplyKind } from '../session/reply.ts';
import { appendAudit } from '../store/audit.ts';
import type { Cards } from '../store/cards.ts';
import type { Replies, Reply } from '../store/replies.ts';
import type { SessionChanges, SessionRow, Sessions } from '../store/sessions.ts';
import type { Tables } from '../store/tables.ts';
import type { Enqueue } from '../queue/index.ts';
import { DONE } from './reply-moves.ts';
import type { ReplyOutcome } from './reply-moves.ts';

type Word = Exclude<ReplyKind, 'reply' | 'correction' | 'sync'>;
export type ThreadWords = (session: SessionRow, reply: Reply & { kind: Word }) => Promise<ReplyOutcome>;

type WordDeps = {
  db: Kysely<Tables>;
  sessions: Pick<Sessions, 'change'>;
  cards: Pick<Cards, 'markStale'>;
  replies: Pick<Replies, 'move'>;
  enqueue: Enqueue;
};

const CHANGES = {
  unmute: { muted: false, mutedBy: null },
  unsync: { synced: false },
  'listen-thread': { listen: 'thread' },
  'listen-mentions': { listen: 'mentions' },
} as const satisfies Partial<Record<Word, SessionChanges>>;

/** Does what a word in the thread means: one transaction. What Devin has to do is marked as done when Devin did it. */
export function createThreadWords({ db, sessions, cards, replies, enqueue }: WordDeps): ThreadWords {
  return async ({ sessionId, requestId }, { id, kind, userId }) => {
    await db.transaction().execute(async (trx) => {
      const moved = await replies.move({ id, from: ['accepted'], to: 'delivered' }, trx);
      if (moved === null) return;
      if (kind === 'archive' || kind === 'stop' || kind === 'sleep') {
        await enqueue('steer', { sessionId, what: kind, userId, replyId: id }, { trx });
        return;
      }
      const changes = kind === 'mute' ? { muted: true, mutedBy: userId } : CHANGES[kind];
      await sessions.change(sessionId, changes, trx);
      await cards.markStale(requestId, trx);
      await enqueue('update-card', { requestId }, { trx, key: requestId });
      await enqueue('tell-reply', { replyId: id }, { trx });
      await appendAudit([{ kind: 'setting', userId, requestId, sessionId, result: `${kind}:session` }], trx);
    });
    return DONE;
  };
}
