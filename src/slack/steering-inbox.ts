import type { AnswerTo, Enqueue, Jobs } from '../queue/index.ts';
import type { PlaceKind } from '../session/context.ts';
import type { ReplyWay } from '../session/reply.ts';
import type { Commit } from '../store/commit.ts';
import type { Envelopes } from '../store/envelope.ts';
import type { Replies } from '../store/replies.ts';
import { newId } from '../store/request-row.ts';
import type { SessionRow } from '../store/sessions.ts';
import type { PrivatePlace } from './outbound.ts';

/** Who acts, and where they hear the result. `placeKind`: left out: not known. */
export type Actor = PrivatePlace & { teamId: string; placeKind?: PlaceKind | null };

type SteeringMessage = {
  session: SessionRow;
  text: string;
  via: ReplyWay;
  /** Slack's name for this one delivery. */
  dedupeKey: string;
};

type SteeringDeps = {
  commit: Commit;
  replies: Pick<Replies, 'insert'>;
  envelopes: Envelopes;
  enqueue: Enqueue;
};

type SteeringJob =
  | 'settle-approval'
  | 'show-usage'
  | 'steer'
  | 'cancel-request'
  | 'follow-session'
  | 'link-person';

export type SteeringInbox = ReturnType<typeof createSteeringInbox>;

/** Saves what people want done with existing sessions. Jobs do the rest. */
export function createSteeringInbox({ commit, replies, envelopes, enqueue }: SteeringDeps) {
  return {
    /** Who acts, and where they hear the result. `always`: even if all went well. `reason`: in their words. */
    by(actor: Actor, { always = false, reason }: { always?: boolean; reason?: string } = {}) {
      const { userId, channelId, threadTs, responseUrl } = actor;
      const id = newId();
      const sealed = envelopes.close(id, { responseUrl, ...(reason !== undefined && { reason }) });
      const answerTo: AnswerTo = { id, channelId, threadTs, sealed, always };
      return { userId, answerTo };
    },

    /** What Slack no longer waits for must not be done later. */
    ask: async <Name extends SteeringJob>(name: Name, payload: Jobs[Name]): Promise<void> =>
      commit(async (trx) => enqueue(name, payload, { trx })),

    /** Row and job in one transaction; a delivery that was seen before changes nothing. */
    async reply(
      { userId, teamId, channelId }: Actor,
      { session, text, via, dedupeKey }: SteeringMessage,
    ): Promise<void> {
      const { sessionId } = session;
      const reply = { id: newId(), dedupeKey, sessionId, teamId, userId, channelId, text, via };
      await commit(async (trx) => {
        const isNew = await replies.insert({ ...reply, messageTs: null, kind: 'reply', files: [] }, trx);
        if (isNew) await enqueue('relay-to-devin', { sessionId }, { trx });
      });
    },
  };
}
