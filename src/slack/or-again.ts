import type { Told } from './outbound.ts';

/** Fails the job while Slack cannot be reached: the queue tries it again. */
export function orAgain(told: Told): void {
  if (told === 'not-now') throw new Error('Slack took no private notice for now');
}
