import type { Envelopes } from '../store/envelope.ts';
import { hasCard } from '../cards/index.ts';
import type { Transitions } from './transitions.ts';
import type { EndRequest } from './patience.ts';
import { nextOrLeave } from './outcome.ts';

/**
 * Ends a request without a session: on its card, or privately if it has none. Why it was refused is the person's own
 * business. Session secrets are erased.
 */
export function createEnd(transitions: Transitions, envelopes: Envelopes): EndRequest {
  return async ({ request, lease }, failure) => {
    const refused = ['identity', 'limit', 'policy'].includes(failure.kind);
    const ended = await transitions.move(
      {
        id: request.id,
        from: request.state,
        to: refused ? 'refused' : 'failed',
        changes: { failure, waiting: null, sealed: envelopes.withoutSecrets(request.id, request.sealed) },
      },
      (moved) => ({
        card: hasCard(moved),
        outcome: !refused && hasCard(moved),
        ...((refused || !hasCard(moved)) && { tell: 'refused' as const }),
      }),
      { lease },
    );
    return nextOrLeave(ended);
  };
}
