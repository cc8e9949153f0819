import { lookupFailure } from '../failures.ts';
import { LeaseLostError, type Lease, type Queue } from '../queue/index.ts';
import { isOpen, type OpenState, type RequestState } from '../session/request.ts';
import type { Slack } from '../slack/edge/slack.ts';
import { type SessionRequest, requestLease } from '../store/requests.ts';
import { cardKey } from '../store/shown.ts';
import type { DatabaseTime } from '../store/sql.ts';
import type { Tuning } from '../times.ts';
import type { CreateContext, Run, Step } from './context.ts';
import { adopt, after, ended, move, moveLocked } from './move.ts';
import { notifyPerson } from './notify.ts';
import { begin, prepare, send, settle, untilUndoIsOver } from './steps.ts';
import { type SweepContext, findUnconfirmed, startSweep } from './sweep.ts';

export type { Next } from './context.ts';
export { findOne, isTaggedFor, type SearchContext, unboundOf } from './find-session.ts';
export { handOverFile } from './hand-over.ts';
export { adopt, ended, expireApproval, type MoveContext, moveLocked, notApproved } from './move.ts';
export { PERSON_NOT_IN_CONVERSATION } from './steps.ts';

type CreationContext = Omit<CreateContext, 'enqueue'> & {
  queue: SweepContext['queue'] & Pick<Queue, 'enqueue' | 'work'>;
  slack: Pick<Slack, 'outbound' | 'textFor'>;
  onSilent: SweepContext['onSilent'];
  tuning: Pick<Tuning, 'sweepTimes'> & { readTime: DatabaseTime['read'] };
};

/** From a saved request to a session. */
export function createCreation({ queue, onSilent, ...rest }: CreationContext) {
  const c: CreateContext = { ...rest, enqueue: queue.enqueue };
  const { store, slack, tuning } = rest;
  queue.work('create-session', async ({ requestId }, { signal }) => create(c, requestId, signal), {
    // Each may wait for Devin as long as a POST takes: a minute and a half.
    concurrency: 64,
    over: async ({ requestId }, waiting) => {
      const failure = { kind: 'gave-up', waiting } as const;
      await moveLocked(c, requestId, (locked) =>
        isOpen(locked.state) && locked.state !== 'sending' ? ended(locked, failure, tuning.now()) : null,
      );
    },
  });
  queue.work('tell-person', async (told) => notifyPerson({ store, slack }, told), { concurrency: 4 });
  return {
    findUnconfirmed: async (signal: AbortSignal) => findUnconfirmed(c, signal),
    startSweep: async (how: { alone: boolean }) => {
      const readTime = async (): Promise<void> => tuning.readTime(store.db);
      return startSweep({ ...c, queue, onSilent, readTime, times: tuning.sweepTimes }, how);
    },
  };
}

/**
 * The life of a request. A step says what the row becomes, and `move` writes it with all that follows from it. The process
 * may die after any of them: the row says where to go on.
 */
const STEPS: Record<OpenState, Step> = {
  // Who it is in Devin, whether they may, and what applies here.
  accepted: begin,
  // A message asked for it: five seconds to cancel.
  held: untilUndoIsOver,
  // What is quoted, an approval, files; then `sending` on disk, then the POST.
  ready: async (c, request, run) => (request.uploads === null ? prepare : send)(c, request, run),
  // The answer was lost: search, never send again.
  sending: settle,
};

/** Takes a request as far as it goes. */
export async function create(c: CreateContext, requestId: string, signal: AbortSignal): Promise<void> {
  const found = await c.store.requests.find(requestId);
  if (found === null) return;
  // Before its first transition, a request only needs lookups.
  const late = found.state === 'accepted';
  // If another process holds the lease, it goes on; if it died, its job begins again.
  const working = async (lease: Lease): Promise<RequestState | null> => {
    const request = late ? found : await c.store.requests.find(requestId);
    const run = { lease, signal: AbortSignal.any([signal, lease.held]) };
    return request === null ? null : walk(c, request, run);
  };
  const reached = await c.withLease(requestLease(requestId), working, { late }).catch((error: unknown) => {
    if (error instanceof LeaseLostError) return null;
    throw error;
  });
  // The URL first: a job does it a little later, if it can't be shown now.
  if (reached === 'created') await c.show(cardKey(requestId));
}

/** null: another process has moved it, or it isn't its time yet. Throws a `Later` that is noted on the row. */
async function walk(c: CreateContext, request: SessionRequest, run: Run): Promise<RequestState | null> {
  let now = request;
  let step: Step | undefined;
  while (isOpen(now.state) && !run.signal.aborted) {
    const take = step ?? STEPS[now.state];
    const asked = now;
    const next = await take(c, now, run).catch((error: unknown) => after(c, asked, lookupFailure(error)));
    const moved = await move(c, { request: now, next, lease: run.lease });
    if (moved === null) {
      // A session that exists beats that the request was given up meanwhile.
      if (!('session' in next) || next.session === undefined || (await adopt(c, now, next.session)))
        return null;
      // It is another's: its own is searched for.
      step = undefined;
      continue;
    }
    if (moved.next.later !== undefined) throw moved.next.later;
    if (moved.next.afterMs !== undefined) return null;
    [now, step] = [moved.request, moved.next.step];
  }
  return now.state;
}
