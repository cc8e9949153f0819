import type { Transaction } from 'kysely';
import { isTooLarge, pages } from '../bounds.ts';
import { cursorAfter, type Page } from '../devin/client.ts';
import { DevinError } from '../devin/errors.ts';
import type { MessageQuery, SessionMessage } from '../devin/sessions.ts';
import { backOffMs, type Queue, sooner } from '../queue/index.ts';
import { withoutCredentials } from '../session/credentials.ts';
import { isClosed, type SessionSnapshot } from '../session/snapshot.ts';
import { readThreadMessage } from '../slack/command/message.ts';
import { isDirectMessage } from '../slack/edge/places.ts';
import { markdownWords } from '../slack/views/markdown.ts';
import type { Reply } from '../store/replies.ts';
import { findFollowed, type Followed } from '../store/requests.ts';
import type { SessionRow } from '../store/sessions.ts';
import { cardKey } from '../store/shown.ts';
import type { Tables } from '../store/store.ts';
import type { NewMessage } from '../store/thread-messages.ts';
import type { FollowContext } from './context.ts';
import { recordAnswer } from './record.ts';
import { findFiles, postWaiting } from './thread.ts';
import { createRound, startWatching } from './watcher.ts';

export { fileRow } from './thread.ts';

/** Brings a session's status and Devin's words to its card and its thread. */
export function createFollowing(
  queue: Pick<Queue, 'work'>,
  c: FollowContext,
  /** `prepare` runs once, when this process starts to watch; `findUnconfirmed` after each round. */
  { prepare, findUnconfirmed }: Record<'prepare' | 'findUnconfirmed', (signal: AbortSignal) => Promise<void>>,
) {
  queue.work('relay-from-devin', async ({ sessionId }, { signal }) => relayFromDevin(c, sessionId, signal), {
    concurrency: 20,
  });
  const { standbyMs } = c.tuning.watchTimes;
  const pollDue = createRound(c);
  const round = async (signal: AbortSignal): Promise<number> => {
    const restMs = await pollDue(signal);
    await findUnconfirmed(signal);
    return restMs;
  };
  return {
    startWatching: () => startWatching(c, { prepare, round, standbyMs }),
    /** For everything else that gets a session's status from Devin. */
    recordAnswer: async (session: SessionRow, snapshot: SessionSnapshot) =>
      recordAnswer(c, session, snapshot),
  };
}

/** After that, nobody waits for what was said. */
const UNREAD_MS = 24 * 60 * 60_000;

/**
 * Stores what was said in a session, then posts what its thread doesn't show yet: also if Devin gives nothing. By one process
 * at a time. Returns when to run again, in ms; null: nothing waits.
 */
async function relayFromDevin(
  c: FollowContext,
  sessionId: string,
  signal: AbortSignal,
): Promise<number | null> {
  return c.withLease(`relay-from-devin:${sessionId}`, async (lease) => {
    const held = AbortSignal.any([signal, lease.held]);
    const followed = await findFollowed(c.store, sessionId);
    if (followed === null) return null;
    const retryMs = await fetchAll(c, followed, held);
    const fetched = retryMs === null ? followed.session.told : [];
    const postMs = await postWaiting(c, sessionId, { signal: held, lease, fetched });
    return sooner(sooner(retryMs, postMs), untilLastFetch(c, followed.session));
  });
}

/** Its last words may come after its end. In ms; null: that was the last fetch, or others follow when it changes. */
function untilLastFetch({ tuning, now }: FollowContext, { snapshot, changedAt }: SessionRow): number | null {
  const leftMs = changedAt.getTime() + tuning.watchTimes.lastReadMs - now();
  return isClosed(snapshot) && leftMs > 0 ? leftMs : null;
}

/** When to fetch again, in ms; null: everything is stored, or Devin gives nothing. */
async function fetchAll(
  c: FollowContext,
  { session, request }: Followed,
  signal: AbortSignal,
): Promise<number | null> {
  const { sessionId, changedAt } = session;
  try {
    const count = await fetchMessages(c, { session, request }, signal);
    await findFiles(c, session, { hasSpoken: count > 0, signal });
    return null;
  } catch (error) {
    if (!(error instanceof DevinError)) throw error;
    signal.throwIfAborted();
    c.log.warn({ err: error, sessionId }, "a session's messages or files could not be read");
    if (error.code === 'not-found' || error.code === 'forbidden' || isTooLarge(error)) return null;
    const quietMs = c.now() - changedAt.getTime();
    return error.retryAfterMs ?? (quietMs < UNREAD_MS ? backOffMs(quietMs) : null);
  }
}

/** Longer than any card shows. */
const LAST_WORDS_LENGTH = 300;

/**
 * Reads a session's new messages and stores them in Devin's order. The last page has no cursor, so reading starts from
 * the last one there was, and stored messages are known by their event. Resolves with the number of new ones.
 */
async function fetchMessages(c: FollowContext, followed: Followed, signal: AbortSignal): Promise<number> {
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
      else rows.push(await personsRow(c, { followed, message, trx }));
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

/** What people wrote goes into the thread only if they didn't write it there. */
async function personsRow(
  c: FollowContext,
  { followed, message, trx }: { followed: Followed; message: SessionMessage; trx: Transaction<Tables> },
): Promise<NewMessage> {
  const { messages, replies, echoes } = c.store;
  const { sessionId } = followed.session;
  const { eventId, message: text } = message;
  const row = messageRow(message, 'pending');
  const reply = await echoes.recognize({ sessionId, eventId, text }, trx);
  if (reply === null) {
    await messages.answer(sessionId, { userId: null, text, createdAt: row.saidAt }, trx);
    return row;
  }
  // It is certain now, and must not be sent again.
  if (await replies.move({ id: reply.id, from: ['unknown'], to: 'delivered' }, trx)) {
    await c.enqueue('tell-reply', { replyId: reply.id }, { trx });
    await messages.answer(sessionId, reply, trx);
  }
  if (isSeenThere(reply, followed)) return { ...row, state: 'skipped' };
  // Only Devin gets the credentials.
  return { ...row, text: withoutCredentials(reply.text), userId: reply.userId };
}

/** The others see it anyway, or shouldn't. In direct messages with the app, the requester is alone. */
function isSeenThere({ userId, via, text }: Reply, { session, request }: Followed): boolean {
  const isAlone = isDirectMessage(session.channelId) && userId === request.userId;
  return via === null || isAlone || readThreadMessage(text, '').kind === 'aside';
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
      // Devin doesn't document its answer to a cursor that it no longer knows.
      const isRefused = error instanceof DevinError && error.meaning === 'refused';
      if (!isRefused || cursor === null) throw error;
      return read(null);
    });
  return pages({ read: async (cursor) => read(cursor), next: cursorAfter, after });
}
