import type { Failure } from '../session/failure.ts';

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
