import type { Transitions } from '../create/index.ts';
import type { Enqueue, Jobs } from '../queue/index.ts';
import { isPending, PENDING_STATES, type RequestState } from '../session/request.ts';
import type { Ending } from '../slack/authority.ts';
import type { TextFor } from '../slack/edge/text-for.ts';
import type { Notifier } from '../slack/tell-later.ts';
import { tellOnce } from '../slack/tell-once.ts';
import type { StoreParts } from '../store/store.ts';
import type { Text } from '../text/index.ts';
import type { Refusal } from './outcome.ts';

type CancelDeps = {
  store: StoreParts<{ requests: 'find'; threadNotices: 'add' | 'remove' }>;
  endingRefusal: Refusal<Ending>;
  transitions: Pick<Transitions, 'moveLocked'>;
  enqueue: Enqueue;
  notifier: Notifier;
  textFor: TextFor;
};

type CancelJob = Jobs['cancel-request'];

const UNSENT: ReadonlySet<RequestState> = new Set(PENDING_STATES.filter((state) => state !== 'sending'));

/** Soon enough to come before the next POST. */
const LOOK_AGAIN_MS = 500;

/**
 * Cancels a request, unless it is being sent: the POST wins. If Devin then does nothing, because it is busy, the request is
 * canceled after all.
 */
export function createCanceller(deps: CancelDeps) {
  const { requests } = deps.store;
  const { endingRefusal, transitions, enqueue, notifier, textFor } = deps;

  /** false: it's being sent, or has ended. */
  async function cancel({ requestId, userId, messageDeleted }: CancelJob): Promise<boolean> {
    const changes = { failure: { kind: 'cancelled', userId } } as const;
    return transitions.moveLocked(requestId, (locked) => {
      if (!UNSENT.has(locked.state)) return null;
      // A person who pressed Cancel on their own knows; one who deleted the message with the task may not.
      const tell = messageDeleted === true ? ({ tell: 'message-deleted' } as const) : {};
      return { to: 'failed', changes, effects: { card: 'now', outcome: userId !== locked.userId, ...tell } };
    });
  }

  /** Says that it may be too late, and tries again once Devin has answered. */
  async function retryLater(job: CancelJob, { beingSent }: Text['steering']): Promise<void> {
    await enqueue('cancel-request', { ...job, told: true }, { startAfterMs: LOOK_AGAIN_MS });
    await notifier.notify(job.userId, job.answerTo, beingSent);
  }

  /** People may write `stop` again and again; a press is always answered. */
  async function refuse(
    { requestId, userId, answerTo, messageDeleted }: CancelJob,
    why: string,
  ): Promise<void> {
    const tell = async () => notifier.notifyMarkup(userId, answerTo, why);
    if (messageDeleted === undefined) return tell();
    await tellOnce(deps.store, { sessionId: requestId, userId, reason: 'may-not-steer' }, async () => {
      await tell();
      return 'delivered';
    });
  }

  return async (job: CancelJob): Promise<number | null> => {
    const { requestId, userId, answerTo, told = false } = job;
    const request = await requests.find(requestId);
    if (request === null) return null;
    if (told && request.state === 'sending') return LOOK_AGAIN_MS;
    const session = { channelId: request.cardChannelId ?? request.channelId };
    const refusal = await endingRefusal({ request, session }, userId);
    if (refusal !== null) {
      await refuse(job, refusal);
      return null;
    }
    if (await cancel(job)) return null;
    const current = await requests.find(requestId);
    const mayGoBack = current !== null && isPending(current.state);
    if (told) return mayGoBack ? LOOK_AGAIN_MS : null;
    if (current?.failure?.kind === 'cancelled') return null;
    const { steering } = await textFor(userId);
    if (mayGoBack) await retryLater(job, steering);
    else await notifier.notify(userId, answerTo, steering.sentAlready);
    return null;
  };
}
