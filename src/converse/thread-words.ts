import type { Kysely } from 'kysely';
import { DevinError } from '../devin/errors.ts';
import { LEFT_OUT } from '../follow/index.ts';
import type { Followed } from '../follow/index.ts';
import type { Log } from '../log.ts';
import type { Enqueue, WithLease } from '../queue/index.ts';
import type { ReplyKind } from '../session/reply.ts';
import { appendAudit } from '../store/audit.ts';
import type { Cards } from '../store/cards.ts';
import type { Replies, Reply } from '../store/replies.ts';
import type { SessionRequest } from '../store/request-row.ts';
import type { SessionMessages } from '../store/session-messages.ts';
import type { SessionChanges, SessionRow, Sessions } from '../store/sessions.ts';
import type { Tables } from '../store/tables.ts';
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

type SyncDeps = {
  db: Kysely<Tables>;
  sessions: Pick<Sessions, 'find' | 'change'>;
  cards: Pick<Cards, 'markStale'>;
  messages: Pick<SessionMessages, 'countLeftOut' | 'add'>;
  replies: Pick<Replies, 'move'>;
  fetchMessages: (followed: Followed, signal: AbortSignal) => Promise<number>;
  withLease: WithLease;
  enqueue: Enqueue;
  /** How soon it is tried again while another process reads the session. */
  busyMs: number;
  now: () => number;
  log: Log;
};

export type SyncThread = (
  word: { reply: Reply; request: SessionRequest },
  signal: AbortSignal,
) => Promise<ReplyOutcome>;

/** Ties a thread to its session again: what was said meanwhile stays out of it, and a line says how much that is. */
export function createSyncThread(deps: SyncDeps): SyncThread {
  const { sessions, withLease } = deps;
  return async ({ reply, request }, signal) => {
    const { sessionId } = reply;
    const { kind } = await withLease(`relay-from-devin:${sessionId}`, async ({ held }) => {
      const session = await sessions.find(sessionId);
      if (session === null) return;
      // What was said up to now is stored as left out before the thread is tied again.
      if (!session.synced) await fetchRest(deps, { session, request }, AbortSignal.any([signal, held]));
      await tie(deps, reply, request);
    });
    return kind === 'done' ? DONE : { kind: 'later', afterMs: deps.busyMs };
  };
}

/** Where Devin cannot be asked now, the last of it comes into the thread after all. */
async function fetchRest({ fetchMessages, log }: SyncDeps, followed: Followed, signal: AbortSignal) {
  try {
    await fetchMessages(followed, signal);
  } catch (error) {
    if (!(error instanceof DevinError)) throw error;
    signal.throwIfAborted();
    log.warn({ err: error }, 'a thread is tied again without a last look at its session');
  }
}

async function tie(
  deps: SyncDeps,
  { id, sessionId }: Reply,
  { id: requestId }: SessionRequest,
): Promise<void> {
  const { db, sessions, cards, messages, replies, enqueue, now } = deps;
  await db.transaction().execute(async (trx) => {
    const moved = await replies.move({ id, from: ['accepted'], to: 'delivered' }, trx);
    if (moved === null) return;
    await sessions.change(sessionId, { synced: true }, trx);
    await cards.markStale(requestId, trx);
    await enqueue('update-card', { requestId }, { trx, key: requestId });
    const count = await messages.countLeftOut(sessionId, trx);
    const note = {
      eventId: `${LEFT_OUT}:${id}`,
      source: LEFT_OUT,
      text: String(count),
      saidAt: new Date(now()),
    };
    if (count > 0) await messages.add(sessionId, [{ ...note, state: 'pending' }], trx);
    await enqueue('relay-from-devin', { sessionId }, { trx, key: sessionId });
    await enqueue('tell-reply', { replyId: id }, { trx });
  });
}
