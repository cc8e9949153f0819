import type { Transitions } from '../create/index.ts';
import type { RedrawHome } from '../home/index.ts';
import type { ResolveIdentity } from '../identity/resolve.ts';
import type { PostOnce, Queue, WithLease } from '../queue/index.ts';
import type { Slack } from '../slack/slack.ts';
import type { Store } from '../store/store.ts';
import { createApproversOf, type DecidersOf } from '../trust/index.ts';
import type { Tuning } from '../tuning.ts';
import { createApproverNotifier } from './notify-approvers.ts';
import { createReviewer } from './review.ts';
import { createSettler } from './settle.ts';

type ApprovalDeps = {
  queue: Pick<Queue, 'enqueue' | 'work'>;
  store: Pick<Store, 'requests' | 'approvalMessages' | 'envelopes' | 'audit'>;
  slack: Pick<Slack, 'outbound' | 'people' | 'groups' | 'textFor'>;
  decidersOf: DecidersOf;
  resolve: ResolveIdentity;
  transitions: Transitions;
  redrawHome: RedrawHome;
  withLease: WithLease;
  postOnce: PostOnce;
  tuning: Pick<Tuning, 'log' | 'now'>;
};

const SOME = { concurrency: 4 };

/**
 * Asks people for their approval of a request, and does what they decide. Returns what to call when the policy may have
 * changed: it has all that waits looked at again, one after the other.
 */
export function createApprovals(deps: ApprovalDeps): () => Promise<void> {
  const { queue, store, slack, decidersOf, resolve, transitions, redrawHome, withLease, postOnce, tuning } =
    deps;
  const { requests, approvalMessages: messages, envelopes, audit } = store;
  const { outbound, people, textFor } = slack;
  const { now, log } = tuning;
  const ending = { requests, decidersOf, transitions, envelopes, now };
  const { settle, expire } = createSettler({ ...ending, people, resolve, audit, outbound, textFor });
  const approversOf = createApproversOf(slack);
  const notifying = { requests, messages, outbound, withLease, postOnce, redrawHome };
  queue.work('settle-approval', settle, SOME);
  queue.work('expire-approval', expire, SOME);
  queue.work('review-approval', createReviewer({ ...ending, approversOf }), { concurrency: 1 });
  queue.work('tell-approvers', createApproverNotifier({ ...notifying, now, log, textFor }), SOME);
  return async () => {
    for (const requestId of await requests.awaitingApproval())
      await queue.enqueue('review-approval', { requestId });
  };
}
