import type { MessageKind, ReplyKind } from '../session/reply.ts';
import { appendAudit } from '../store/audit.ts';
import type { SessionChanges } from '../store/sessions.ts';
import { cardKey } from '../store/shown.ts';
import type { ConverseContext, ReplyInSession, ReplyOutcome } from './context.ts';

/** What does something here instead of going to Devin. */
type Word = Exclude<ReplyKind, MessageKind>;
type Switch = Exclude<Word, 'sleep' | 'archive'>;

const CHANGES: Record<Switch, (userId: string) => SessionChanges> = {
  mute: (userId) => ({ muted: true, mutedBy: userId }),
  unmute: () => ({ muted: false, mutedBy: null }),
  'listen-thread': () => ({ listen: 'thread' }),
  'listen-mentions': () => ({ listen: 'mentions' }),
};

/** Does what a word in the thread, or a choice in the card's menu, means. */
export async function applyWord(
  { store, enqueue }: ConverseContext,
  word: Word,
  { session, reply }: ReplyInSession,
): Promise<ReplyOutcome> {
  const { sessionId, requestId } = session;
  const { id, userId } = reply;
  await store.db.transaction().execute(async (trx) => {
    if ((await store.replies.move({ id, from: ['accepted'], to: 'delivered' }, trx)) === null) return;
    // The author hears of these once Devin has done them.
    if (word === 'archive' || word === 'sleep')
      return enqueue('steer', { sessionId, what: word, userId, replyId: id }, { trx });
    await store.sessions.change(sessionId, CHANGES[word](userId), trx);
    await enqueue('show', { key: cardKey(requestId) }, { trx });
    await enqueue('tell-reply', { replyId: id }, { trx });
    await appendAudit([{ kind: 'setting', userId, requestId, sessionId, result: `${word}:session` }], trx);
  });
  return null;
}
