import type { Devin } from '../devin/devin.ts';
import type { Enqueue, Lease, WithLease } from '../queue/index.ts';
import { STANDING } from '../session/lifecycle.ts';
import type { Slack } from '../slack/edge/slack.ts';
import type { PostOnce } from '../slack/post-once.ts';
import type { SessionRow } from '../store/sessions.ts';
import type { Store } from '../store/store.ts';
import type { TurnClass } from '../store/turns.ts';
import type { Text } from '../text/index.ts';
import type { Tuning } from '../times.ts';
import type { Budget, SteeringCheck } from '../trust/index.ts';

/** What it takes to follow a session. */
export type FollowContext = {
  store: Store;
  devin: Pick<Devin, 'sessions' | 'messages' | 'attachments'>;
  slack: Pick<Slack, 'outbound' | 'metadata' | 'findLeaver' | 'isOutside' | 'nameMentions' | 'textFor'>;
  enqueue: Enqueue;
  withLease: WithLease;
  postOnce: PostOnce;
  check: SteeringCheck;
  budget: Pick<Budget, 'follow'>;
  /** From when on the database knows what was posted. */
  knownSince: () => Date;
  command: string;
  tuning: Pick<Tuning, 'log' | 'now' | 'watchTimes' | 'relayTimes' | 'inFlightMs'>;
  /** In the thread. */
  text: Text;
};

/** While what waits of a session is posted. */
export type PostContext = { signal: AbortSignal; lease: Lease };

/** Devin waiting for a person goes first: when many sessions end, all of them have much to say. */
export function turnClassOf({ phase }: Pick<SessionRow, 'phase'>): TurnClass {
  return STANDING[phase] === 'needs-you' ? 'needed' : 'rest';
}
