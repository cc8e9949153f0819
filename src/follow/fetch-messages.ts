import type { Transaction } from 'kysely';
import { pages } from '../bounds.ts';
import { cursorAfter } from '../devin/client.ts';
import { DevinError, isTooLarge, type DevinErrorCode } from '../devin/errors.ts';
import type { Page, SessionMessage } from '../devin/schemas.ts';
import type { MessageQuery } from '../devin/sessions.ts';
import { nextKey } from '../session/milestones.ts';
import { markdownWords } from '../slack/views/markdown.ts';
import type { Reply } from '../store/replies.ts';
import type { Followed } from '../store/requests.ts';
import type { NewMessage } from '../store/session-messages.ts';
import type { SessionRow } from '../store/sessions.ts';
import { cardKey } from '../store/shown.ts';
import type { Tables } from '../store/tables.ts';
import type { FollowContext } from './context.ts';
import { mirrorReply } from './post-message.ts';

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
  const { sessionId } = followed.session;
  const eventIds = page.items.map(({ eventId }) => eventId);
  const known = await c.store.messages.known(sessionId, eventIds);
  const fresh = page.items.filter(({ eventId }) => !known.has(eventId));
  if (fresh.length === 0 && page.endCursor === null) return 0;
  const prompt = isFirstPage && page.items[0]?.source === 'user' ? page.items[0] : null;
  await c.store.db.transaction().execute(async (trx) => {
    const rows: NewMessage[] = [];
    for (const message of fresh) {
      if (message === prompt) rows.push(messageRow(message, 'skipped'));
      else rows.push(...(await rowsOf(c, { followed, message, trx })));
    }
    await c.store.messages.add(sessionId, rows, trx);
    // On the last page only: before that, Devin has gone on.
    if (cursorAfter(page) === null) await callAgain(c, sessionId, trx);
    await showLastWords(c, followed.session, { fresh, trx });
    if (page.endCursor !== null)
      await c.store.sessions.change(sessionId, { messagesCursor: page.endCursor }, trx);
  });
  return fresh.length;
}

/** Devin asks something else, between two polls or with its status unchanged: another question is another call. */
async function callAgain(c: FollowContext, sessionId: string, trx: Transaction<Tables>): Promise<void> {
  const { sessions, milestones, calls } = c.store;
  const session = await sessions.lock(sessionId, trx);
  if (session?.phase !== 'needs-you' || !(await calls.isMissing(sessionId, trx))) return;
  const key = nextKey(session.told, 'needs-you');
  await milestones.add(sessionId, [key], { trx });
  await sessions.change(sessionId, { told: [...session.told, key] }, trx);
}

type NewWords = { followed: Followed; message: SessionMessage; trx: Transaction<Tables> };

/** A message of Devin's list, as a row. */
export function messageRow(
  { eventId, source, message: text, createdAt }: SessionMessage,
  state: NewMessage['state'],
): NewMessage {
  return { eventId, source, text, state, saidAt: new Date(createdAt * 1000) };
}

/** Devin's words go into the thread; people's only if they didn't write them here. */
async function rowsOf(c: FollowContext, { followed, message, trx }: NewWords): Promise<NewMessage[]> {
  const { session } = followed;
  const { eventId, source, message: text } = message;
  if (source === 'devin') return [messageRow(message, 'pending')];
  const echo = { sessionId: session.sessionId, eventId, text };
  const replyId = await c.store.echoes.recognize(echo, trx);
  if (replyId === null) return [messageRow(message, 'pending')];
  const arrivedNow = await arrived(c, replyId, trx);
  const row = messageRow(message, 'skipped');
  const mirror = arrivedNow === null ? null : mirrorReply({ ...followed, reply: arrivedNow }, row.saidAt);
  return mirror === null ? [row] : [row, mirror];
}

/** A reply that has arrived is certain now, and must not be sent again. null: it was certain before. */
async function arrived(
  { store: { replies }, enqueue }: FollowContext,
  replyId: string,
  trx: Transaction<Tables>,
): Promise<Reply | null> {
  const moved = await replies.move({ id: replyId, from: ['unknown'], to: 'delivered' }, trx);
  if (moved !== null) await enqueue('tell-reply', { replyId }, { trx });
  return moved;
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

export type ListMessages = (sessionId: string, query: MessageQuery) => Promise<Page<SessionMessage>>;

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
  list: ListMessages,
  sessionId: string,
  { after = null, signal }: Pick<MessageQuery, 'after' | 'signal'>,
): AsyncGenerator<Page<SessionMessage>> {
  const readAfter = async (
    cursor: string | null,
    [first = 1, ...fewer]: readonly number[] = AT_ONCE,
  ): Promise<Page<SessionMessage>> =>
    list(sessionId, { first, after: cursor, signal }).catch(async (error: unknown) => {
      if (!isTooLarge(error) || fewer.length === 0) throw error;
      return readAfter(cursor, fewer);
    });
  const read = async (cursor: string | null) =>
    readAfter(cursor).catch(async (error: unknown) => {
      const isRefused = error instanceof DevinError && ABOUT_CURSOR.has(error.code);
      if (!isRefused || cursor === null) throw error;
      return readAfter(null);
    });
  return pages({ read, next: cursorAfter, after });
}
