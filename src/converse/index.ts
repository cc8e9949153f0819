import type { Queue } from '../queue/index.ts';
import type { ConverseContext } from './context.ts';
import { showReply } from './notify-reply.ts';
import { relay } from './relay.ts';

/** Each may wait for Devin: a slow session delays only itself. */
const THREADS = { concurrency: 30 };

/** Takes what people say in the thread, in dialogs and by commands to Devin. */
export function createConversing(queue: Pick<Queue, 'work'>, context: ConverseContext): void {
  queue.work(
    'relay-to-devin',
    async ({ sessionId }, { signal }) => relay(context, sessionId, signal),
    THREADS,
  );
  queue.work('tell-reply', async ({ replyId }) => showReply(context, replyId), { concurrency: 4 });
}
