import type { Envelopes } from '../../store/envelope.ts';
import type { Transitions } from '../transitions.ts';
import type { EndRequest } from './patience.ts';
import { nextOrLeave } from './outcome.ts';

/** Ends a request without a session: on its card, or privately where it has none. Session secrets are erased. */
export function createEnd(transitions: Transitions, envelopes: Envelopes): EndRequest {
  return async (request, failure) => {
    const hasCard = request.card_ts !== null;
    const refused = failure.kind === 'identity';
    const ended = await transitions.move(
      {
        id: request.id,
        from: request.state,
        to: refused ? 'refused' : 'failed',
        changes: { failure, waiting: null, sealed: envelopes.withoutSecrets(request.id, request.sealed) },
      },
      hasCard ? { card: true } : { tell: 'refused' },
    );
    return nextOrLeave(ended);
  };
}
