import type { Devin } from '../devin/devin.ts';
import { Later, type Enqueue, type Lease, type WithLease } from '../queue/index.ts';
import { showMessage, type Desired, type ShowContext } from '../reconcile/index.ts';
import { STANDING } from '../session/lifecycle.ts';
import { messageMark } from '../slack/edge/metadata.ts';
import type { Slack } from '../slack/edge/slack.ts';
import type { Rendered } from '../slack/views/objects.ts';
import type { Followed } from '../store/requests.ts';
import { ASKED, type ShownMessage } from '../store/shown.ts';
import type { Store } from '../store/store.ts';
import type { ThreadMessage } from '../store/thread-messages.ts';
import type { Text } from '../text/index.ts';
import type { Tuning } from '../times.ts';
import type { Budget } from '../trust/index.ts';

/** What it takes to follow a session. */
export type FollowContext = ShowContext & {
  store: Store;
  devin: Pick<Devin, 'sessions' | 'messages' | 'attachments'>;
  slack: Pick<Slack, 'outbound' | 'people' | 'presence' | 'nameMentions' | 'textFor'>;
  enqueue: Enqueue;
  withLease: WithLease;
  budget: Pick<Budget, 'follow'>;
  /** From when on the database knows what was posted. */
  knownSince: () => Date;
  tuning: Pick<Tuning, 'watchTimes' | 'troubleMs'>;
  /** In the thread. */
  text: Text;
};

/** A row that its thread, or its person, doesn't see yet. */
export type PostJob = {
  followed: Followed;
  row: ThreadMessage;
  signal: AbortSignal;
  lease: Lease;
  /** Keys of milestones whose words of Devin were fetched. */
  fetched: readonly string[];
  /** The thread takes nothing now. */
  isBusy: boolean;
};

/** Slack won't take it. `isThread`: in the thread. */
export class NotTakenError extends Error {
  override readonly name = 'NotTakenError';
  readonly code: string;
  readonly isThread: boolean;

  constructor(code: string, isThread = true) {
    super(code);
    this.code = code;
    this.isThread = isThread;
  }
}

export type ThreadPost = Pick<Desired, 'place' | 'mark' | 'since' | 'render' | 'posted'> & {
  key: string;
  /** It asks something, and is edited once that is answered. */
  isQuestion: boolean;
  isAnswered?: boolean;
};

/** Posts a message once, or edits it once it is answered. Throws a Later, or a NotTakenError. */
export async function post(
  c: FollowContext,
  { followed: { session, request }, lease }: PostJob,
  { key, isQuestion, isAnswered = false, ...message }: ThreadPost,
): Promise<void> {
  const isDirect = message.place === 'direct';
  const refusal: { code: string | null } = { code: null };
  const desired: Desired = {
    ...message,
    teamId: request.teamId,
    userId: isDirect ? request.userId : null,
    // When many sessions end, all of them have much to say.
    turnClass: STANDING[session.phase] === 'needs-you' ? 'needed' : 'rest',
    stage: isQuestion ? ASKED : null,
    isFollowed: true,
    refused: async (code) => Promise.resolve(void (refusal.code = code)),
  };
  const showing = {
    key,
    wanted: async (before: ShownMessage | null) =>
      Promise.resolve(isAnswered === (before !== null && before.ts !== null) ? desired : null),
    // The lease is for all that the thread shows.
    lease: { ...lease, end: lease.fence },
  };
  let waitMs: number | null = 0;
  while (waitMs === 0) waitMs = await showMessage(c, showing);
  if (waitMs !== null) throw new Later('slack', waitMs);
  if (refusal.code !== null && !isAnswered) throw new NotTakenError(refusal.code, !isDirect);
}

/** A part of a message in the session's thread. */
export function wordsMessage(
  { session: { sessionId, channelId, threadTs } }: Followed,
  { key, saidAt }: Pick<ThreadMessage, 'key' | 'saidAt'>,
  { part, rendered }: { part: number; rendered: Rendered },
) {
  return {
    key: `message:${sessionId}:${key}:${part}`,
    place: { channelId, threadTs },
    mark: messageMark(sessionId, key, part),
    // A database that was restored from a backup doesn't know what was posted after it.
    since: saidAt,
    render: () => rendered,
  };
}
