import type { AnswerTo, Enqueue, Jobs } from '../../queue/index.ts';
import type { Commit } from '../../store/commit.ts';
import type { Envelopes } from '../../store/envelope.ts';
import { newId } from '../../store/request-row.ts';
import type { PrivatePlace } from '../edge/outbound.ts';

type SteeringDeps = { commit: Commit; envelopes: Envelopes; enqueue: Enqueue };

type SteeringJob =
  | 'settle-approval'
  | 'show-usage'
  | 'steer'
  | 'cancel-request'
  | 'follow-session'
  | 'link-person';

/** Saves what people want done with existing sessions. Jobs do the rest. */
export function createSteeringInbox({ commit, envelopes, enqueue }: SteeringDeps) {
  return {
    /** Who acts, and where they hear the result. `always`: even if all went well. `reason`: in their words. */
    by(place: PrivatePlace, { always = false, reason }: { always?: boolean; reason?: string } = {}) {
      const { userId, channelId, threadTs, responseUrl } = place;
      const id = newId();
      const sealed = envelopes.close(id, { responseUrl, ...(reason !== undefined && { reason }) });
      const answerTo: AnswerTo = { id, channelId, threadTs, sealed, always };
      return { userId, answerTo };
    },

    /** What Slack no longer waits for must not be done later. */
    ask: async <Name extends SteeringJob>(name: Name, payload: Jobs[Name]): Promise<void> =>
      commit(async (trx) => enqueue(name, payload, { trx })),
  };
}
