import type { Transaction } from 'kysely';
import { DevinError } from '../devin/errors.ts';
import { LEFT_OUT, relayLease } from '../follow/index.ts';
import type { Log } from '../log.ts';
import { soonIfBusy, type Enqueue, type WithLease } from '../queue/index.ts';
import { appendAudit, type AuditEntry } from '../store/audit.ts';
import type { Followed } from '../store/requests.ts';
import type { SessionChanges } from '../store/sessions.ts';
import { cardKey } from '../store/shown.ts';
import type { StoreParts } from '../store/store.ts';
import type { Tables } from '../store/tables.ts';
import type { Keyword, RelayParts, ReplyInSession, ReplyOutcome } from './relay.ts';

type KeywordDeps = {
  store: StoreParts<{
    db: 'transaction';
    sessions: 'find' | 'change';
    messages: 'takeLeftOut' | 'add';
    replies: 'move';
    threadNotices: 'forget';
  }>;
  fetchMessages: (followed: Followed, signal: AbortSignal) => Promise<number>;
  withLease: WithLease;
  enqueue: Enqueue;
  now: () => number;
  log: Log;
};

const CHANGES = {
  unmute: { muted: false, mutedBy: null },
  unsync: { synced: false },
  sync: { synced: true },
  'listen-thread': { listen: 'thread' },
  'listen-mentions': { listen: 'mentions' },
} as const satisfies Partial<Record<Keyword, SessionChanges>>;

/** Does what a keyword in the thread, or a choice in the card's menu, means. */
export function createApplyKeyword(deps: KeywordDeps): RelayParts['applyKeyword'] {
  return async (keyword, inSession, signal) => {
    if (keyword === 'sync') return reconnect(deps, inSession, signal);
    await apply(deps, keyword, inSession);
    return null;
  };
}

async function apply(deps: KeywordDeps, keyword: Keyword, inSession: ReplyInSession): Promise<void> {
  const { db, replies } = deps.store;
  const { id, sessionId, userId } = inSession.reply;
  await db.transaction().execute(async (trx) => {
    const moved = await replies.move({ id, from: ['accepted'], to: 'delivered' }, trx);
    if (moved === null) return;
    // The author hears of these once Devin has done them.
    if (keyword === 'archive' || keyword === 'stop' || keyword === 'sleep')
      return deps.enqueue('steer', { sessionId, what: keyword, userId, replyId: id }, { trx });
    await changeThread(deps, { keyword, inSession }, trx);
    if (keyword === 'sync') await showAgain(deps, inSession, trx);
    await appendAudit([settingEntry(keyword, inSession)], trx);
  });
}

type Change = { keyword: Exclude<Keyword, 'archive' | 'stop' | 'sleep'>; inSession: ReplyInSession };

async function changeThread(
  { store: { sessions, threadNotices }, enqueue }: KeywordDeps,
  { keyword, inSession: { session, reply } }: Change,
  trx: Transaction<Tables>,
): Promise<void> {
  const { sessionId, requestId } = session;
  const { id, userId } = reply;
  const changes = keyword === 'mute' ? { muted: true, mutedBy: userId } : CHANGES[keyword];
  await sessions.change(sessionId, changes, trx);
  if (keyword === 'mute') await threadNotices.forget({ sessionId, reason: 'muted' }, trx);
  if (keyword === 'unsync') await threadNotices.forget({ sessionId, reason: 'untied' }, trx);
  await enqueue('show', { key: cardKey(requestId) }, { trx });
  await enqueue('tell-reply', { replyId: id }, { trx });
}

function settingEntry(keyword: Keyword, { session, reply: { userId } }: ReplyInSession): AuditEntry {
  const { sessionId, requestId } = session;
  return { kind: 'setting', userId, requestId, sessionId, result: `${keyword}:session` };
}

/** Connects a thread again. What was said meanwhile stays out of it, and a line says how much that is. */
async function reconnect(
  deps: KeywordDeps,
  inSession: ReplyInSession,
  signal: AbortSignal,
): Promise<ReplyOutcome> {
  const { sessions } = deps.store;
  const { withLease } = deps;
  const { request, reply } = inSession;
  const { sessionId } = reply;
  const reconnecting = withLease(relayLease(sessionId), async ({ held }) => {
    const session = await sessions.find(sessionId);
    if (session === null) return null;
    // What was said up to now is stored as left out before messages flow again.
    if (!session.synced) await fetchMissed(deps, { session, request }, AbortSignal.any([signal, held]));
    await apply(deps, 'sync', { ...inSession, session });
    return null;
  });
  return soonIfBusy(reconnecting);
}

/** If Devin can't be asked now, the last of what was missed will appear in the thread after all. */
async function fetchMissed({ fetchMessages, log }: KeywordDeps, followed: Followed, signal: AbortSignal) {
  try {
    await fetchMessages(followed, signal);
  } catch (error) {
    if (!(error instanceof DevinError)) throw error;
    signal.throwIfAborted();
    log.warn({ err: error }, 'reconnecting a thread without reading its session first');
  }
}

async function showAgain(
  { store: { messages }, enqueue, now }: KeywordDeps,
  { reply: { id, sessionId } }: ReplyInSession,
  trx: Transaction<Tables>,
): Promise<void> {
  const count = (await messages.takeLeftOut(sessionId, trx)).reduce((sum, row) => sum + countOf(row), 0);
  const note = { eventId: `${LEFT_OUT}:${id}`, source: LEFT_OUT, text: String(count) };
  if (count > 0) await messages.add(sessionId, [{ ...note, saidAt: new Date(now()), state: 'pending' }], trx);
  await enqueue('relay-from-devin', { sessionId }, { trx });
}

/** How many messages a row counts as: it may be a line that says how many were left out. */
function countOf({ source, text }: { source: string; text: string }): number {
  return source === LEFT_OUT ? Number(text) : 1;
}
