import { DevinError } from './devin/errors.ts';
import { Later, Refused, Unclear, type FailureWord } from './queue/index.ts';
import type { Failure } from './session/failure.ts';
import type { RefusedIdentity } from './session/identity.ts';
import { laterFor, slackFailure } from './slack/edge/errors.ts';

/** What an error of Slack's or Devin's client means. Rethrows others. */
export function failureWord(error: unknown): FailureWord {
  if (error instanceof Later || error instanceof Refused || error instanceof Unclear) return error;
  if (!(error instanceof DevinError)) return laterFor(slackFailure(error));
  const { failure, meaning } = error;
  if (meaning === 'unclear') return new Unclear(failure.detail === null ? null : failure);
  return meaning === 'refused' ? new Refused(failure) : new Later(meaning, error.retryAfterMs);
}

/** What it means for a lookup, which can be repeated whatever happened to its answer. */
export function lookupFailure(error: unknown): Later | Refused {
  const word = failureWord(error);
  return word instanceof Unclear ? new Later('down') : word;
}

export function refusedAs({ reason, maskedEmail, about }: RefusedIdentity): Failure {
  return { kind: 'identity', reason, maskedEmail, about };
}
