import type { Queue } from '../queue/index.ts';
import type { SessionSnapshot } from '../session/snapshot.ts';
import type { SessionRow } from '../store/sessions.ts';
import { sleep } from '../time.ts';
import type { FollowContext } from './context.ts';
import { recordAnswer } from './record.ts';
import { relayFromDevin } from './relay.ts';
import { createRound, createWatcher } from './watcher.ts';

export { answerQuestion, lastWordsOf, messagePages, messageRow } from './fetch-messages.ts';
export { fileRow } from './words.ts';
export { mirrorReply } from './words.ts';
export type { Watcher } from './watcher.ts';

/** Brings a session's status and Devin's words to its card and its thread. */
export function createFollowing({
  queue,
  prepare,
  findUnconfirmed,
  ...parts
}: Omit<FollowContext, 'enqueue'> & {
  queue: Pick<Queue, 'enqueue' | 'work'>;
  /** Runs once, when this process starts to watch. */
  prepare: (signal: AbortSignal) => Promise<void>;
  /** Runs after each round; returns how long Devin wants a pause, in ms. */
  findUnconfirmed: (signal: AbortSignal) => Promise<number>;
}) {
  const c: FollowContext = { ...parts, enqueue: queue.enqueue };
  queue.work('relay-from-devin', async ({ sessionId }, { signal }) => relayFromDevin(c, sessionId, signal), {
    concurrency: 20,
  });
  const { watchTimes: times } = c.tuning;
  const pollDue = createRound(c);
  const round = async (signal: AbortSignal): Promise<number> =>
    Math.max(await pollDue(signal), await findUnconfirmed(signal));
  return {
    watcher: createWatcher({ leases: c.store.leases, prepare, round, times, sleep, log: c.log }),
    /** For everything else that gets a session's status from Devin. */
    recordAnswer: async (session: SessionRow, snapshot: SessionSnapshot) =>
      recordAnswer(c, session, snapshot),
  };
}
