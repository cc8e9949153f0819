import { TAKEN_REACTION } from '../slack/ids.ts';
import type { Outbound } from '../slack/outbound.ts';
import type { Replies, Reply } from '../store/replies.ts';
import type { Requests } from '../store/requests.ts';
import type { Sessions } from '../store/sessions.ts';
import type { SteeringCheck } from '../steer/index.ts';

type MarkDeps = {
  replies: Pick<Replies, 'find'>;
  sessions: Pick<Sessions, 'find'>;
  requests: Pick<Requests, 'find'>;
  check: SteeringCheck;
  outbound: Pick<Outbound, 'react' | 'unreact'>;
};

/** Marks a message in the thread as taken until Devin has it, if its author may steer the session. */
export function createTakenMarker({ replies, sessions, requests, check, outbound }: MarkDeps) {
  async function isTaken(reply: Reply): Promise<boolean> {
    const session = await sessions.find(reply.sessionId);
    const request = session === null ? null : await requests.find(session.requestId);
    return request !== null && (await check(request, reply.userId)).kind === 'allowed';
  }

  return async (replyId: string): Promise<void> => {
    const reply = await replies.find(replyId);
    if (reply === null || !isUnderWay(reply)) return;
    const { channelId, messageTs: ts } = reply;
    if (channelId === null || ts === null || !(await isTaken(reply))) return;
    await outbound.react(channelId, ts, TAKEN_REACTION);
    // It may have ended meanwhile, before there was a mark to take away.
    const after = await replies.find(replyId);
    if (after === null || !isUnderWay(after)) await outbound.unreact(channelId, ts, TAKEN_REACTION);
  };
}

function isUnderWay({ state }: Reply): boolean {
  return state === 'accepted' || state === 'sending';
}
