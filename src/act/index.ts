import type { Queue } from '../queue/index.ts';
import { runAct, tellLater } from './acts.ts';
import type { ActContext } from './context.ts';

/** Each may wait for Devin. */
const MANY = { concurrency: 20 };

/** What people do to sessions and requests. */
export function createActing(queue: Pick<Queue, 'work'>, context: ActContext): void {
  queue.work('act', async (act, { signal }) => runAct(context, act, signal), MANY);
  queue.work('tell-later', async (job) => tellLater(context, job), MANY);
}
