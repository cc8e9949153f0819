import { createLanguages } from './languages.ts';
import type { Text } from './index.ts';

const { logged } = createLanguages('en');

/** A sentence for the person who runs the app: what is wrong, and what to do. */
export type Say = (text: Text) => string;

/** The app can't start, or go on, until the person who runs it has read the sentence. A stack trace wouldn't help. */
export class OperatorError extends Error {
  override readonly name = 'OperatorError';
  readonly code: string;
  readonly say: Say;

  constructor(code: string, say: Say, options?: ErrorOptions) {
    super(say(logged), options);
    this.code = code;
    this.say = say;
  }
}
