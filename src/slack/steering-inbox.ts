import type { AnswerTo, ApprovalAct, Enqueue, Jobs, SteeringVerb } from '../queue/index.ts';
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

/** `reason`: in the person's words. */
type ApprovalDecision = { requestId: string; number: number; act: ApprovalAct; reason: string | null };

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
  function answerTo(actor: Actor, always: boolean, reason: string | null = null): AnswerTo {
    const { channelId, threadTs, responseUrl } = actor;
    const id = newId();
    const sealed = envelopes.close(id, { responseUrl, ...(reason !== null && { reason }) });
    return { id, channelId, threadTs, sealed, always };
  }

  /** What Slack no longer waits for must not be done later. */
  const enqueueInTime = async <Name extends SteeringJob>(name: Name, payload: Jobs[Name]): Promise<void> =>
    commit(async (trx) => enqueue(name, payload, { trx }));

  return {
    /** `always`: tells the person even if all went well. */
    async steer(
      actor: Actor,
      what: SteeringVerb,
      { sessionId, always }: { sessionId: string; always: boolean },
    ) {
      const { userId } = actor;
      await enqueueInTime('steer', { sessionId, what, userId, answerTo: answerTo(actor, always) });
    },

    async cancel(actor: Actor, requestId: string): Promise<void> {
      const { userId } = actor;
      await enqueueInTime('cancel-request', { requestId, userId, answerTo: answerTo(actor, false) });
    },

    /** What a person decides about another person's request. */
    async settleApproval(actor: Actor, { reason, ...decision }: ApprovalDecision): Promise<void> {
      const { userId } = actor;
      const answer = answerTo(actor, false, reason);
      await enqueueInTime('settle-approval', { ...decision, userId, answerTo: answer });
    },

    async follow(actor: Actor, sessionId: string): Promise<void> {
      const { userId, teamId, placeKind } = actor;
      const answer = answerTo(actor, true);
      await enqueueInTime('follow-session', { sessionId, teamId, userId, placeKind, answerTo: answer });
    },

    async showUsage(
      actor: Actor,
      { scope, by, days }: Pick<Jobs['show-usage'], 'scope' | 'by' | 'days'>,
    ): Promise<void> {
      const { userId, teamId } = actor;
      await enqueueInTime('show-usage', { userId, teamId, scope, by, days, answerTo: answerTo(actor, true) });
    },

    async link(actor: Actor, personId: string, devinUserId: string | null): Promise<void> {
      const { userId, teamId } = actor;
      const answer = answerTo(actor, true);
      await enqueueInTime('link-person', { teamId, userId, personId, devinUserId, answerTo: answer });
    },

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
