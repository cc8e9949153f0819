import type { SessionRequest } from '../store/request-row.ts';
import { escape } from '../slack/blocks/text.ts';
import type { TextFor } from '../slack/text-for.ts';
import { refuseSteering } from '../slack/steering-words.ts';
import type { SteeringCheck } from './check.ts';
import { notDone } from './outcome.ts';

/** Why a person may not steer what was asked for, or why that cannot be told now, escaped; null: they may. */
export type SteeringRefusal = (request: SessionRequest, userId: string) => Promise<string | null>;

export function createSteeringRefusal(check: SteeringCheck, textFor: TextFor): SteeringRefusal {
  return async (request, userId) => {
    const text = await textFor(userId);
    try {
      return refuseSteering(await check(request, userId), { request, userId }, text);
    } catch (error) {
      return escape(notDone(error, text));
    }
  };
}
