import type { Queue } from '../queue/index.ts';
import { createOnceAMinute, repeat, type Interval } from '../time.ts';
import type { Times } from '../times.ts';
import type { CreateContext } from './context.ts';
import { expireApproval, type MoveLocked } from './ended.ts';

/** Messages that wait for so long have lost their job; while one side is busy, their own jobs retry. */
const WAITING_MS = 10 * 60 * 1000;
/** Who has no card by then gets a word. */
const WORD_MS = 3000;

export type SweepContext = Pick<CreateContext, 'store' | 'tuning'> & {
  queue: Pick<Queue, 'enqueue' | 'enqueueAll' | 'unqueued'>;
  /** So many requests and replies had no word for `silentMs`. */
  onSilent: (count: number) => void;
  /** Makes `now` follow the database's clock. */
  readTime: () => Promise<void>;
  moveLocked: MoveLocked;
  times: Times['sweepTimes'];
};

export type Sweep = ReturnType<typeof createSweep>;

/** Puts what a dead process left behind back into the queue, so that no request is forgotten. */
export function createSweep({ store, queue, onSilent, readTime, moveLocked, times, tuning }: SweepContext) {
  const { requests, replies, messages, shown } = store;
  const { log, now } = tuning;
  const onceAMinute = createOnceAMinute();
  let sweeping: Interval | null = null;

  async function recover({ strandedMs = times.strandedMs, waitingMs = WAITING_MS } = {}): Promise<void> {
    // If it has a waiting job, it only rests.
    const requestIds = await queue.unqueued('create-session', await requests.stranded(strandedMs));
    for (const requestId of requestIds) await queue.enqueue('create-session', { requestId });
    if (requestIds.length > 0)
      log.info({ requests: requestIds.length }, 'took up requests that were left behind');
    for (const requestId of await requests.expired()) await expireApproval({ moveLocked, now }, requestId);
    for (const sessionId of await replies.waiting(waitingMs))
      await queue.enqueue('relay-to-devin', { sessionId });
    for (const sessionId of await messages.waiting(waitingMs))
      await queue.enqueue('relay-from-devin', { sessionId });
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
      await recover();
      await sayWords();
    } catch (error) {
      onceAMinute('sweep', (leftOut) =>
        log.warn({ err: error, leftOut }, 'the sweep failed; it will be retried'),
      );
    }
  }

  return {
    /** `alone`: no other process is running, so what is open was left by a dead one. */
    async start({ alone }: { alone: boolean }): Promise<void> {
      await recover(alone ? { strandedMs: 0, waitingMs: 0 } : {});
      sweeping ??= repeat(sweep, times.everyMs);
    },
    async stop(): Promise<void> {
      const ending = sweeping;
      sweeping = null;
      await ending?.stop();
    },
  };
}
