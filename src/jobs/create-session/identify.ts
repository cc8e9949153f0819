import type { IdentityResolver } from '../../identity/resolve.ts';
import { slackFailure } from '../../slack/errors.ts';
import { DevinError } from '../../devin/errors.ts';
import type { Transitions } from '../transitions.ts';
import { devinTrouble } from './devin-trouble.ts';
import { nextOrLeave } from './outcome.ts';
import type { CreateStep } from './outcome.ts';
import { waitFor } from './patience.ts';
import type { EndRequest } from './patience.ts';

type IdentifyDeps = {
  resolver: IdentityResolver;
  transitions: Transitions;
  end: EndRequest;
  now: () => number;
};

/** accepted -> identified, or refused. */
export function createIdentifyStep(deps: IdentifyDeps): CreateStep {
  const { resolver, transitions, end } = deps;
  return async (request) => {
    try {
      const identity = await resolver.resolve({ teamId: request.team_id, userId: request.user_id });
      if (identity.kind === 'refused') {
        const { reason, maskedEmail } = identity;
        return await end(request, { kind: 'identity', reason, maskedEmail });
      }
      return nextOrLeave(
        await transitions.move({
          id: request.id,
          from: 'accepted',
          to: 'identified',
          changes: { identity, waiting: null },
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
