import type { Leases } from '../../store/leases.ts';
import type { Rendered } from '../blocks/objects.ts';
import type { Outbound, PrivatePlace } from '../outbound.ts';
import type { Message } from '../payload.ts';

/** Tells the author of a message something about it. */
export type AnswerMessage = (message: Message, place: PrivatePlace, answer: Rendered) => Promise<void>;

type AnswerDeps = { leases: Pick<Leases, 'take' | 'release'>; outbound: Pick<Outbound, 'tellPrivately'> };

/** Slack's last attempt comes about six minutes after the first. https://docs.slack.dev/apis/events-api/#retries */
const DELIVERED_AGAIN_MS = 10 * 60_000;

/** Answers a message once, however often Slack delivers it. */
export function createMessageAnswers({ leases, outbound }: AnswerDeps): AnswerMessage {
  return async ({ teamId, channelId, ts }, place, answer) => {
    const name = `answer ${teamId} ${channelId} ${ts}`;
    const lease = await leases.take(name, DELIVERED_AGAIN_MS);
    if (lease === null) return;
    if ((await outbound.tellPrivately(place, answer)) === 'retryable') await leases.release(name, lease);
  };
}
