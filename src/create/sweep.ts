import type { Log } from '../log.ts';
import type { Enqueue, Queue } from '../queue/index.ts';
import type { StoreParts } from '../store/store.ts';
import { createOnceAMinute, repeat, type Interval } from '../time.ts';
import type { Times } from '../times.ts';
import { expireApproval, type MoveLocked } from './ended.ts';

/** Messages that wait for so long have lost their job; while one side is busy, their own jobs retry. */
const WAITING_MS = 10 * 60 * 1000;

type SweepContext = {
  store: StoreParts<{
    requests: 'stranded' | 'expired';
    replies: 'waiting';
    messages: 'waiting';
  }>;
  moveLocked: MoveLocked;
  enqueue: Enqueue;
  unqueued: Queue['unqueued'];
  /** Tells those who have seen nothing yet that their session is being started. */
  sayWords: () => Promise<void>;
  /** Makes `now` follow the database's clock. */
  readTime: () => Promise<void>;
  times: Times['sweepTimes'];
  now: () => number;
  log: Log;
};

export type Sweep = ReturnType<typeof createSweep>;

/** Puts what a dead process left behind back into the queue, so that no request is forgotten. */
export function createSweep(c: SweepContext) {
  const { requests, replies, messages } = c.store;
  const { enqueue, unqueued, times, log } = c;
  const onceAMinute = createOnceAMinute();
  let sweeping: Interval | null = null;

  async function recoverRequests(strandedMs: number): Promise<void> {
    // If it has a waiting job, it only rests.
    const requestIds = await unqueued('create-session', await requests.stranded(strandedMs));
    for (const id of requestIds) await enqueue('create-session', { requestId: id });
    if (requestIds.length > 0)
      log.info({ requests: requestIds.length }, 'took up requests that were left behind');
  }

  async function recoverThreads(waitingMs: number): Promise<void> {
    for (const sessionId of await replies.waiting(waitingMs)) await enqueue('relay-to-devin', { sessionId });
    for (const sessionId of await messages.waiting(waitingMs))
      await enqueue('relay-from-devin', { sessionId });
  }

  async function recover(ages = { strandedMs: times.strandedMs, waitingMs: WAITING_MS }): Promise<void> {
    await recoverRequests(ages.strandedMs);
    for (const requestId of await requests.expired()) await expireApproval(c, requestId);
    await recoverThreads(ages.waitingMs);
  }

  async function sweep(): Promise<void> {
    try {
      await c.readTime();
      await recover();
      await c.sayWords();
    } catch (error) {
      onceAMinute('sweep', (leftOut) =>
        log.warn({ err: error, leftOut }, 'the sweep failed; it will be retried'),
      );
    }
  }

  return {
    /** `alone`: no other process is running, so what is open was left by a dead one. */
    async start({ alone }: { alone: boolean }): Promise<void> {
      await recover(alone ? { strandedMs: 0, waitingMs: 0 } : undefined);
      sweeping ??= repeat(sweep, times.everyMs);
    },
    async stop(): Promise<void> {
      const ending = sweeping;
      sweeping = null;
      await ending?.stop();
    },
  };
}
