import type { Transaction } from 'kysely';
import { pages } from '../bounds.ts';
import { cursorAfter, type Page } from '../devin/client.ts';
import { DevinError, isTooLarge, type DevinErrorCode } from '../devin/errors.ts';
import type { MessageQuery, SessionMessage } from '../devin/sessions.ts';
import { markdownWords } from '../slack/views/markdown.ts';
import type { Followed } from '../store/requests.ts';
import type { SessionRow } from '../store/sessions.ts';
import { cardKey } from '../store/shown.ts';
import type { Tables } from '../store/store.ts';
import type { NewMessage } from '../store/thread-messages.ts';
import type { FollowContext } from './context.ts';
import { mirrorReply } from './words.ts';

/** Longer than any card shows. */
const LAST_WORDS_LENGTH = 300;

/**
 * Reads a session's new messages and stores them in Devin's order. The last page has no cursor, so reading starts from
 * the last one there was, and stored messages are known by their event. Resolves with the number of new ones.
 */
export async function fetchMessages(
  c: FollowContext,
  followed: Followed,
  signal: AbortSignal,
): Promise<number> {
  const { sessionId, messagesCursor: after } = followed.session;
  let isFirstPage = after === null;
  let count = 0;
  for await (const page of messagePages(c.devin.messages.list, sessionId, { after, signal })) {
    count += await storePage(c, followed, { page, isFirstPage });
    isFirstPage = false;
  }
  return count;
}

async function storePage(
  c: FollowContext,
  followed: Followed,
  { page, isFirstPage }: { page: Page<SessionMessage>; isFirstPage: boolean },
): Promise<number> {
  const { messages, sessions, db } = c.store;
  const { sessionId } = followed.session;
  const known = await messages.known(
    sessionId,
    page.items.map(({ eventId }) => eventId),
  );
  const fresh = page.items.filter(({ eventId }) => !known.has(eventId));
  if (fresh.length === 0 && page.endCursor === null) return 0;
  const prompt = isFirstPage && page.items[0]?.source === 'user' ? page.items[0] : null;
  await db.transaction().execute(async (trx) => {
    const rows: NewMessage[] = [];
    for (const message of fresh) {
      if (message === prompt) rows.push({ ...messageRow(message, 'skipped'), source: 'prompt' });
      else if (message.source === 'devin') rows.push(messageRow(message, 'pending'));
      else rows.push(...(await personsRows(c, { followed, message, trx })));
    }
    await messages.add(sessionId, rows, trx);
    await showLastWords(c, followed.session, { fresh, trx });
    if (page.endCursor !== null) await sessions.change(sessionId, { messagesCursor: page.endCursor }, trx);
  });
  return fresh.length;
}

/** A message of Devin's list, as a row. */
export function messageRow(
  { eventId: key, source, message: text, createdAt }: SessionMessage,
  state: NewMessage['state'],
): NewMessage {
  return { key, source, text, state, saidAt: new Date(createdAt * 1000) };
}

/** What people wrote goes into the thread only if they didn't write it here. */
async function personsRows(
  c: FollowContext,
  { followed, message, trx }: { followed: Followed; message: SessionMessage; trx: Transaction<Tables> },
): Promise<NewMessage[]> {
  const { messages, replies, echoes } = c.store;
  const { sessionId } = followed.session;
  const { eventId, message: text } = message;
  const replyId = await echoes.recognize({ sessionId, eventId, text }, trx);
  if (replyId === null) {
    const row = messageRow(message, 'pending');
    await messages.answer(sessionId, { userId: null, text, createdAt: row.saidAt }, trx);
    return [row];
  }
  const row = messageRow(message, 'skipped');
  // It is certain now, and must not be sent again. null: it was certain before.
  const reply = await replies.move({ id: replyId, from: ['unknown'], to: 'delivered' }, trx);
  if (reply === null) return [row];
  await c.enqueue('tell-reply', { replyId }, { trx });
  await messages.answer(sessionId, reply, trx);
  const mirror = mirrorReply({ ...followed, reply }, row.saidAt);
  return mirror === null ? [row] : [row, mirror];
}

/** Devin's, as the card shows them; null: none. */
export function lastWordsOf(messages: readonly SessionMessage[]): string | null {
  const last = messages.findLast(({ source }) => source === 'devin');
  return last === undefined ? null : markdownWords(last.message, LAST_WORDS_LENGTH);
}

/** On the card. */
async function showLastWords(
  { store: { sessions }, enqueue }: FollowContext,
  { sessionId, requestId, lastWords }: SessionRow,
  { fresh, trx }: { fresh: readonly SessionMessage[]; trx: Transaction<Tables> },
): Promise<void> {
  const words = lastWordsOf(fresh) ?? '';
  if (words === '' || words === lastWords) return;
  await sessions.change(sessionId, { lastWords: words }, trx);
  await enqueue('show', { key: cardKey(requestId) }, { trx });
}

/** How many to read at a time: fewer if they are too large together. */
const AT_ONCE = [100, 10, 1];
/** Devin doesn't document its answer to a cursor that it no longer knows. */
const ABOUT_CURSOR: ReadonlySet<DevinErrorCode> = new Set([
  'invalid-request',
  'not-found',
  'conflict',
  'unexpected',
]);

/** The pages of a session's messages, oldest first. If Devin no longer accepts a cursor, it reads from the start. */
export function messagePages(
  list: (sessionId: string, query: MessageQuery) => Promise<Page<SessionMessage>>,
  sessionId: string,
  { after = null, signal }: Pick<MessageQuery, 'after' | 'signal'>,
): AsyncGenerator<Page<SessionMessage>> {
  const read = async (
    cursor: string | null,
    [first = 1, ...fewer]: readonly number[] = AT_ONCE,
  ): Promise<Page<SessionMessage>> =>
    list(sessionId, { first, after: cursor, signal }).catch(async (error: unknown) => {
      if (isTooLarge(error) && fewer.length > 0) return read(cursor, fewer);
      const isRefused = error instanceof DevinError && ABOUT_CURSOR.has(error.code);
      if (!isRefused || cursor === null) throw error;
      return read(null);
    });
  return pages({ read: async (cursor) => read(cursor), next: cursorAfter, after });
}
