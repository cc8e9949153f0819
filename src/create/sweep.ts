import type { Queue } from '../queue/index.ts';
import { duplicateKey } from '../session/milestones.ts';
import { isOpen } from '../session/request.ts';
import type { SessionSnapshot } from '../session/snapshot.ts';
import { appendAudit, subjectOf } from '../store/audit.ts';
import type { LostCreate } from '../store/ledger.ts';
import type { SessionRequest } from '../store/requests.ts';
import { repeat, type Interval } from '../time.ts';
import type { Times } from '../times.ts';
import type { CreateContext } from './context.ts';
import { findSessions, type Missing, recheckInterval } from './find-session.ts';
import { adopt, expireApproval, type MoveContext, moveLocked, spending } from './move.ts';

/** Messages that wait for so long have lost their job; while one side is busy, their own jobs retry. */
const WAITING_MS = 10 * 60 * 1000;
/** Who has no card by then gets a word. */
const WORD_MS = 3000;

export type SweepContext = MoveContext & {
  queue: Pick<Queue, 'enqueueAll' | 'unqueued'>;
  /** So many requests and replies had no word for `silentMs`. */
  onSilent: (count: number) => void;
  /** Makes `now` follow the database's clock. */
  readTime: () => Promise<void>;
  times: Times['sweepTimes'];
};

/** Puts what a dead process left back into the queue. `alone`: whatever is open was left by a dead one. */
export async function startSweep(c: SweepContext, { alone }: { alone: boolean }): Promise<Interval> {
  const { store, queue, enqueue, onSilent, readTime, times, tuning } = c;
  const { requests, replies, messages, shown } = store;
  const { log } = tuning;

  async function recover(strandedMs: number): Promise<void> {
    // If it has a waiting job, it only rests.
    const requestIds = await queue.unqueued('create-session', await requests.stranded(strandedMs));
    for (const requestId of requestIds) await enqueue('create-session', { requestId });
    if (requestIds.length > 0)
      log.info({ requests: requestIds.length }, 'took up requests that were left behind');
    for (const requestId of await requests.expired()) await expireApproval(c, requestId);
    for (const sessionId of await replies.waiting(WAITING_MS)) await enqueue('relay-to-devin', { sessionId });
    for (const sessionId of await messages.waiting(WAITING_MS))
      await enqueue('relay-from-devin', { sessionId });
  }

  /** A word is private and costs no edit, so it comes however many wait for their cards. */
  async function sayWords(): Promise<void> {
    const taken = await replies.onTheirWay(tuning.silentMs);
    const marked = await queue.unqueued('tell-reply', taken);
    await store.db.transaction().execute(async (trx) => {
      const silent = await shown.countSilent(tuning.silentMs, trx);
      const ids = await shown.needWord(WORD_MS, trx);
      const jobs = ids.map((requestId) => ({ requestId, notice: 'slow' as const }));
      if (jobs.length > 0) await queue.enqueueAll('tell-person', jobs, trx);
      onSilent(silent + taken.length - marked.length);
    });
  }

  async function sweep(): Promise<void> {
    try {
      await readTime();
      await recover(times.strandedMs);
      await sayWords();
    } catch (error) {
      log.warn({ err: error }, 'the sweep failed; it will be retried');
    }
  }

  await recover(alone ? 0 : times.strandedMs);
  return repeat(sweep, times.everyMs);
}

/** Searches again for sessions whose creation was not confirmed: each costs, seen or not. */
export async function findUnconfirmed(c: CreateContext, signal: AbortSignal): Promise<void> {
  const due = await c.store.ledger.lost(new Date(c.tuning.now()));
  for (const lost of due) await planNext(c, lost);
  await search(c, due, signal).catch((error: unknown) => {
    const what = 'searching for sessions that may have started late failed; it will be retried';
    if (!signal.aborted) c.tuning.log.warn({ err: error }, what);
  });
}

/** Planned before the search, so that a failure isn't retried at once. */
async function planNext(c: CreateContext, lost: LostCreate): Promise<void> {
  const { ledger } = c.store;
  const nowMs = c.tuning.now();
  const intervalMs = recheckInterval(nowMs - lost.lostAt.getTime());
  if (intervalMs !== null) return ledger.lookAgain(lost, new Date(nowMs + intervalMs));
  // It was searched for long enough.
  await eraseSecrets(c, lost.requestId);
  await ledger.giveUp(lost);
}

async function search(c: CreateContext, due: readonly LostCreate[], signal: AbortSignal): Promise<void> {
  const missing: Missing[] = [];
  for (const { requestId: id, sentAt, identity } of due) {
    const request = await c.store.requests.find(id);
    // If it's being sent again, the search waits until that has ended.
    if (request !== null && !isOpen(request.state))
      missing.push({ id, sentAt, identity: identity ?? request.identity, prompt: request.prompt });
  }
  if (missing.length === 0) return;
  const found = await findSessions(c, missing, { signal });
  for (const { id } of missing) await settleLate(c, id, found.get(id) ?? []);
}

/** Nobody chose "Start anyway" in time. Anyone who still wants to enters the secrets again. */
async function eraseSecrets(c: CreateContext, requestId: string): Promise<void> {
  await moveLocked(c, requestId, ({ id, state, secretNames, sealed }) => {
    if (state !== 'unknown' || secretNames.length === 0) return null;
    const failure = { kind: 'secrets-lost' } as const;
    return { to: state, changes: { sealed: c.store.envelopes.withoutSecrets(id, sealed), failure } };
  });
}

async function settleLate(c: CreateContext, id: string, found: readonly SessionSnapshot[]): Promise<void> {
  const [snapshot] = found;
  // It may have been settled or sent again during the search.
  const request = snapshot === undefined ? null : await c.store.requests.find(id);
  if (snapshot === undefined || request === null || isOpen(request.state)) return;
  if (request.sessionId !== null)
    return announceDuplicate(c, request, { sessionId: request.sessionId, found });
  c.tuning.log.info({ requestId: id, sessionId: snapshot.sessionId }, 'a session was found late');
  await adopt(c, request, { snapshot });
}

/** A person started it anyway, so there are two now: announced once, in the thread of the one that is followed. */
async function announceDuplicate(
  { store: { db, sessions, messages, ledger }, enqueue }: CreateContext,
  request: SessionRequest,
  { sessionId, found }: { sessionId: string; found: readonly SessionSnapshot[] },
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const current = await sessions.lock(sessionId, trx);
    const other = found.find(({ url }) => current?.told.includes(duplicateKey(url)) === false);
    if (current === null || other === undefined) return;
    const key = duplicateKey(other.url);
    await sessions.change(sessionId, { told: [...current.told, key] }, trx);
    await messages.addMilestones(sessionId, [key], trx);
    // Nobody follows it, so its cap counts for good.
    const { sessionId: otherId, acusConsumed: consumed } = other;
    await ledger.bind({ ...spending(request), sessionId: otherId, consumed, late: true }, trx);
    await enqueue('relay-from-devin', { sessionId }, { trx });
    const entry = { ...subjectOf(request), sessionId: otherId, result: 'second-session' } as const;
    await appendAudit([{ ...entry, kind: 'start' }], trx);
  });
}
