import { endWithout, type Transitions } from '../create/index.ts';
import type { Enqueue, Jobs } from '../queue/index.ts';
import { PENDING_STATES } from '../session/request.ts';
import type { Ending } from '../slack/authority.ts';
import type { TextFor } from '../slack/text-for.ts';
import type { Envelopes } from '../store/envelope.ts';
import type { SessionRequest } from '../store/request-row.ts';
import type { Requests } from '../store/requests.ts';
import type { Text } from '../text/index.ts';
import type { Notifier, Refusal } from './outcome.ts';

type CancelDeps = {
  requests: Pick<Requests, 'find'>;
  endingRefusal: Refusal<Ending>;
  transitions: Transitions;
  envelopes: Pick<Envelopes, 'withoutSecrets'>;
  enqueue: Enqueue;
  notifier: Notifier;
  textFor: TextFor;
};

type CancelJob = Jobs['cancel-request'];

const UNSENT = PENDING_STATES.filter((state) => state !== 'sending');

/** Soon enough to come before the next POST. */
const LOOK_AGAIN_MS = 500;

/**
 * Cancels a request. It moves only from the state it was read in, so a POST that left meanwhile wins. If Devin then does
 * nothing, because it is busy, the request is canceled after all.
 */
export function createCanceller(deps: CancelDeps) {
  const { requests, endingRefusal, transitions, envelopes, enqueue, notifier, textFor } = deps;

  async function cancel(request: SessionRequest, userId: string): Promise<boolean> {
    const { id, state: from } = request;
    const failure = { kind: 'cancelled', userId } as const;
    const moved = await transitions.move(
      { id, from, ...endWithout(envelopes, request, { to: 'failed', failure }) },
      // A person who cancels their own knows.
      { card: true, outcome: userId !== request.userId },
    );
    return moved !== null;
  }

  /** Says that it may be too late, and tries once more when Devin has answered. */
  async function keepWish(job: CancelJob, { beingSent }: Text['steering']): Promise<void> {
    await enqueue('cancel-request', { ...job, told: true }, { startAfterMs: LOOK_AGAIN_MS });
    await notifier.notify(job.userId, job.answerTo, beingSent);
  }

  return async (job: CancelJob): Promise<number | null> => {
    const { requestId, userId, answerTo, told = false } = job;
    let request = await requests.find(requestId);
    if (request === null) return null;
    if (told && request.state === 'sending') return LOOK_AGAIN_MS;
    const session = { channelId: request.cardChannelId ?? request.channelId };
    const refusal = await endingRefusal({ request, session }, userId);
    if (refusal !== null) {
      await notifier.notifyMarkup(userId, answerTo, refusal);
      return null;
    }
    while (request !== null && UNSENT.some((state) => state === request?.state)) {
      if (await cancel(request, userId)) return null;
      request = await requests.find(requestId);
    }
    if (told || request?.failure?.kind === 'cancelled') return null;
    const { steering } = await textFor(userId);
    if (request?.state === 'sending') await keepWish(job, steering);
    else await notifier.notify(userId, answerTo, steering.sentAlready);
    return null;
  };
}
