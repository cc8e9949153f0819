import { PENDING_STATES } from '../session/request.ts';
import type { Envelopes } from '../store/envelope.ts';
import type { SessionRequest } from '../store/request-row.ts';
import type { Requests } from '../store/requests.ts';
import type { TextFor } from '../slack/text-for.ts';
import type { AnswerTo } from '../queue/index.ts';
import type { Transitions } from '../create/index.ts';
import type { Answerer } from './answer.ts';
import type { SteeringRefusal } from './refusal.ts';

type CancelDeps = {
  requests: Pick<Requests, 'find'>;
  refusalOf: SteeringRefusal;
  transitions: Transitions;
  envelopes: Pick<Envelopes, 'withoutSecrets'>;
  answer: Answerer;
  textFor: TextFor;
};

type Job = { requestId: string; userId: string; answerTo: AnswerTo };

/** Whatever has not been sent yet. A request in `sending` has left: it wins. */
const UNSENT = PENDING_STATES.filter((state) => state !== 'sending');

/** Takes a request back. It moves only from the state it was seen in, so that a POST that left meanwhile wins. */
export function createCanceller(deps: CancelDeps) {
  const { requests, refusalOf, transitions, envelopes, answer, textFor } = deps;

  async function cancel(request: SessionRequest, userId: string): Promise<boolean> {
    const { id, state, sealed } = request;
    const moved = await transitions.move(
      {
        id,
        from: state,
        to: 'failed',
        changes: {
          failure: { kind: 'cancelled', userId },
          waiting: null,
          sealed: envelopes.withoutSecrets(id, sealed),
        },
      },
      { card: true },
    );
    return moved !== null;
  }

  return async ({ requestId, userId, answerTo }: Job): Promise<void> => {
    let request = await requests.find(requestId);
    if (request === null) return;
    const refusal = await refusalOf(request, userId);
    if (refusal !== null) {
      await answer.sayEscaped(userId, answerTo, refusal);
      return;
    }
    while (request !== null && UNSENT.some((state) => state === request?.state)) {
      if (await cancel(request, userId)) return;
      request = await requests.find(requestId);
    }
    if (request?.failure?.kind === 'cancelled') return;
    const { steering } = await textFor(userId);
    await answer.say(userId, answerTo, steering.sentAlready);
  };
}
