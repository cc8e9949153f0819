import { DevinError } from './devin/errors.ts';
import type { Failure } from './session/failure.ts';
import type { RefusedIdentity } from './session/identity.ts';
import { slackFailure } from './slack/edge/errors.ts';

/** Devin is busy or down, or Slack doesn't answer: it may work later. */
export class Later extends Error {
  override readonly name = 'Later';
  readonly why: 'busy' | 'down' | 'slack';
  /** How long the other side asks to wait; null: it doesn't say. */
  readonly afterMs: number | null;

  constructor(why: Later['why'], afterMs: number | null = null) {
    super(why);
    this.why = why;
    this.afterMs = afterMs;
  }
}

/** Asking again can't help. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.kind);
    this.failure = failure;
  }
}

/** Devin may have done it: search before doing it again. */
export class Unclear extends Error {
  override readonly name = 'Unclear';
  /** Devin's reason; null: it gave none. */
  readonly failure: Failure | null;

  constructor(failure: Failure | null) {
    super('unclear');
    this.failure = failure;
  }
}

export type FailureWord = Later | Refused | Unclear;

/** What an error of Slack's or Devin's client means. Rethrows others. */
export function failureWord(error: unknown): FailureWord {
  if (error instanceof Later || error instanceof Refused || error instanceof Unclear) return error;
  if (!(error instanceof DevinError)) {
    const failure = slackFailure(error);
    return new Later('slack', failure.kind === 'rate-limited' ? failure.retryAfterMs : null);
  }
  const failure = { kind: 'devin', ...error.facts } as const;
  switch (error.code) {
    case 'rate-limited':
      return new Later('busy', error.retryAfterMs);
    case 'not-sent':
      return new Later('down');
    case 'unavailable':
    case 'no-answer':
      return new Unclear(failure.detail === null ? null : failure);
    default:
      return new Refused(failure);
  }
}

/** What it means for a lookup, which can be repeated whatever happened to its answer. */
export function lookupFailure(error: unknown): Later | Refused {
  const word = failureWord(error);
  return word instanceof Unclear ? new Later('down') : word;
}

export function refusedAs({ reason, maskedEmail, about }: RefusedIdentity): Failure {
  return { kind: 'identity', reason, maskedEmail, about };
}
