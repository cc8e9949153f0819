import type { IdentityResolver } from '../../identity/resolve.ts';
import { slackFailure } from '../../slack/errors.ts';
import type { PresenceOf } from '../../slack/presence.ts';
import type { RequestChanges, SessionRequest } from '../../store/request-row.ts';
import { DevinError } from '../../devin/errors.ts';
import type { Transitions } from '../transitions.ts';
import { devinTrouble } from './devin-trouble.ts';
import { nextOrLeave } from './outcome.ts';
import type { CreateStep } from './outcome.ts';
import { waitFor } from './patience.ts';
import type { EndRequest } from './patience.ts';

type IdentifyDeps = {
  resolver: IdentityResolver;
  presence: PresenceOf;
  transitions: Transitions;
  end: EndRequest;
  now: () => number;
};

/** Why a card is not where it was asked for, beside Slack's own codes. */
export const PERSON_NOT_IN_CONVERSATION = 'person_not_in_conversation';

/** Slack delivers a command only from a conversation its author is in; that counts for a minute, as an answer would. */
const SLACKS_WORD_MS = 60_000;

/** accepted -> identified, or refused. */
export function createIdentifyStep(deps: IdentifyDeps): CreateStep {
  const { resolver, transitions, end } = deps;

  /** Nothing is posted in a conversation for a person who is not in it. */
  async function placeChanges(request: SessionRequest): Promise<RequestChanges> {
    const { source, channel_id: channelId, user_id: userId } = request;
    if (request.card_elsewhere !== null) return {};
    if (source === 'command' && deps.now() - request.created_at.getTime() < SLACKS_WORD_MS) return {};
    const presence = await deps.presence({ channelId, userId });
    return presence === 'out' ? { card_elsewhere: PERSON_NOT_IN_CONVERSATION, card_attempted_at: null } : {};
  }

  return async (request) => {
    try {
      const [identity, placing] = await Promise.all([
        resolver.resolve({ teamId: request.team_id, userId: request.user_id }),
        placeChanges(request),
      ]);
      if (identity.kind === 'refused') {
        const { reason, maskedEmail } = identity;
        return await end(request, { kind: 'identity', reason, maskedEmail });
      }
      return nextOrLeave(
        await transitions.move({
          id: request.id,
          from: 'accepted',
          to: 'identified',
          changes: { identity, waiting: null, ...placing },
        }),
      );
    } catch (error) {
      const trouble = lookupTrouble(error);
      return trouble.kind === 'final' ? end(request, trouble.failure) : waitFor(request, trouble, deps);
    }
  };
}

/** A look-up changes nothing, so whatever happened to its answer, it can be repeated. */
export function lookupTrouble(error: unknown) {
  if (!(error instanceof DevinError)) {
    const failure = slackFailure(error);
    const retryAfterMs = failure.kind === 'rate-limited' ? failure.retryAfterMs : null;
    return { kind: 'wait', waiting: 'busy', retryAfterMs } as const;
  }
  const trouble = devinTrouble(error);
  if (trouble.kind === 'unknown-outcome')
    return { kind: 'wait', waiting: 'down', retryAfterMs: null } as const;
  return trouble;
}
