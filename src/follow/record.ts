import { isDeepStrictEqual } from 'node:util';
import type { Transaction } from 'kysely';
import {
  goesFirst,
  pollInterval,
  sessionPhase,
  STANDING,
  type SessionPhase,
  type Watched,
} from '../session/lifecycle.ts';
import { progress } from '../session/milestones.ts';
import type { SessionSnapshot } from '../session/snapshot.ts';
import type { NextPoll, SessionChanges, SessionRow } from '../store/sessions.ts';
import { cardKey } from '../store/shown.ts';
import type { Tables } from '../store/store.ts';
import type { FollowContext } from './context.ts';

/** Records a poll of `row`, unless that changed since the poll began: the result may be older. */
export async function recordPoll(
  c: FollowContext,
  row: SessionRow,
  snapshot: SessionSnapshot,
): Promise<void> {
  return record(c, row.sessionId, async (current, trx) => {
    if (!isDeepStrictEqual(current.snapshot, row.snapshot)) return null;
    if (!(await lags(c, { current, snapshot }, trx))) return snapshot;
    // Devin's words show when it has gone on.
    await c.enqueue('relay-from-devin', { sessionId: row.sessionId }, { trx });
    return null;
  });
}

/**
 * Records Devin's answer to a message, a stop or an archive. `session`: as it was before that was sent. If a poll has seen it
 * enter another phase since, the answer may be older: the next poll tells.
 */
export async function recordAnswer(
  c: FollowContext,
  session: SessionRow,
  snapshot: SessionSnapshot,
): Promise<void> {
  return record(c, session.sessionId, (current) =>
    current.phase === session.phase ? withUnsaid(snapshot, current.snapshot) : null,
  );
}

/** Devin doesn't find it: its card says so once, and it's rarely polled. */
export async function recordGone(c: FollowContext, sessionId: string): Promise<void> {
  return record(c, sessionId, ({ phase }) => (phase === 'gone' ? null : 'gone'));
}

/** Records what Devin says about a session, with everything that follows from it, in one transaction. null: nothing. */
async function record(
  c: FollowContext,
  sessionId: string,
  find: (
    current: SessionRow,
    trx: Transaction<Tables>,
  ) => Promise<SessionSnapshot | null> | SessionSnapshot | 'gone' | null,
): Promise<void> {
  const { db, sessions, requests, messages } = c.store;
  await db.transaction().execute(async (trx) => {
    const current = await sessions.lock(sessionId, trx);
    const found = current === null ? null : await find(current, trx);
    if (current === null || found === null) return;
    const snapshot = found === 'gone' ? current.snapshot : found;
    const request = await requests.find(current.requestId, trx);
    const cap = request?.draft.values.max_acu_limit ?? null;
    const before = { ...current, phase: knownPhase(current), cap };
    const { keys, phase, wasFinished } =
      found === 'gone' ? { ...current, phase: found, keys: [] } : progress(before, snapshot);
    const nextPoll = nextPollOf(c, { phase, status: snapshot.status, quietMs: 0 });
    const changes: SessionChanges = {
      snapshot,
      phase,
      ...(phase !== current.phase && { phaseAt: new Date(c.now()) }),
      wasFinished,
      // Who archives it after that isn't known, unless they do it here.
      ...(current.snapshot.isArchived && !snapshot.isArchived && { archivedBy: null }),
      changedAt: new Date(c.now()),
      nextPoll,
      ...(keys.length > 0 && { told: [...current.told, ...keys] }),
    };
    await sessions.change(sessionId, changes, trx);
    // What a resting session may still use doesn't count; once it wakes, it counts again.
    const spent = { consumed: snapshot.acusConsumed, isOpen: STANDING[phase] !== 'earlier' };
    await c.budget.follow(sessionId, spent, { trx, enqueue: c.enqueue });
    await messages.addMilestones(sessionId, keys, trx, new Date(snapshot.updatedAt * 1000));
    const interactive = STANDING[phase] === 'needs-you';
    await c.enqueue('relay-from-devin', { sessionId }, { trx, interactive });
    // Which of them gets what is said in their thread may change.
    if (phase !== current.phase)
      for (const requestId of (await sessions.sharing(current, trx)).others)
        await c.enqueue('show', { key: cardKey(requestId) }, { trx });
    if (phase !== current.phase || !sameFacts(current.snapshot, snapshot))
      await c.enqueue('show', { key: cardKey(current.requestId) }, { trx, interactive });
  });
}

/** Devin has an answer, and still says that it waits. Until it says something newer, it works. */
async function lags(
  { store: { echoes } }: FollowContext,
  { current, snapshot }: { current: SessionRow; snapshot: SessionSnapshot },
  trx: Transaction<Tables>,
): Promise<boolean> {
  const isAnswered = current.phase === 'working' && current.snapshot.statusDetail === null;
  if (!isAnswered || sessionPhase(snapshot) !== 'needs-you') return false;
  return echoes.isLastWord(current.sessionId, trx);
}

export function nextPollOf({ tuning: { watchTimes } }: FollowContext, watched: Watched): NextPoll {
  const intervalMs = pollInterval(watched, watchTimes.fastestMs);
  return intervalMs === null ? null : { inMs: intervalMs, first: goesFirst(watched) };
}

/** Its phase; if it's gone, the last one before. */
function knownPhase({ phase, wasFinished, snapshot }: SessionRow): SessionPhase {
  return phase === 'gone' ? sessionPhase(snapshot, wasFinished) : phase;
}

/**
 * With what only reads say. A session that stays suspended is so for the same reason; otherwise the detail starts afresh.
 * https://docs.devin.ai/api-reference/v3/sessions/post-organizations-sessions-messages
 */
function withUnsaid(answer: SessionSnapshot, earlier: SessionSnapshot): SessionSnapshot {
  const staysSuspended = answer.status === 'suspended' && earlier.status === 'suspended';
  return {
    ...answer,
    statusDetail: answer.statusDetail ?? (staysSuspended ? earlier.statusDetail : null),
    structuredOutput: answer.structuredOutput ?? earlier.structuredOutput,
  };
}

/** `updatedAt` isn't shown anywhere. */
function sameFacts(before: SessionSnapshot, after: SessionSnapshot): boolean {
  return isDeepStrictEqual({ ...before, updatedAt: 0 }, { ...after, updatedAt: 0 });
}
