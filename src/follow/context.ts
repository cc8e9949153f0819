import type { Devin } from '../devin/devin.ts';
import type { Enqueue, Lease, WithLease } from '../queue/index.ts';
import { STANDING } from '../session/lifecycle.ts';
import type { Slack } from '../slack/edge/slack.ts';
import type { PostOnce } from '../slack/post-once.ts';
import type { SessionRow } from '../store/sessions.ts';
import type { Store } from '../store/store.ts';
import type { ThreadMessage } from '../store/thread-messages.ts';
import type { TurnClass } from '../store/turns.ts';
import type { Text } from '../text/index.ts';
import type { Tuning } from '../times.ts';
import type { Budget } from '../trust/index.ts';

/** What it takes to follow a session. */
export type FollowContext = {
  store: Store;
  devin: Pick<Devin, 'sessions' | 'messages' | 'attachments'>;
  slack: Pick<Slack, 'outbound' | 'metadata' | 'findLeaver' | 'isOutside' | 'nameMentions' | 'textFor'>;
  enqueue: Enqueue;
  withLease: WithLease;
  postOnce: PostOnce;
  budget: Pick<Budget, 'follow'>;
  /** From when on the database knows what was posted. */
  knownSince: () => Date;
  tuning: Pick<Tuning, 'log' | 'now' | 'watchTimes' | 'relayTimes' | 'inFlightMs'>;
  /** In the thread. */
  text: Text;
};

/** While what waits of a session is posted. `fetched`: keys of milestones whose words of Devin were fetched. */
export type PostContext = { signal: AbortSignal; lease: Lease; fetched: ReadonlySet<string> };

/** Since the first attempt to post it. */
export function triedForMs({ tuning }: FollowContext, { attemptedAt }: ThreadMessage): number {
  return attemptedAt === null ? 0 : tuning.now() - attemptedAt.getTime();
}

/** Devin waiting for a person goes first: when many sessions end, all of them have much to say. */
export function turnClassOf({ phase }: Pick<SessionRow, 'phase'>): TurnClass {
  return STANDING[phase] === 'needs-you' ? 'needed' : 'rest';
}
