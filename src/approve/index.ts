import type { Transitions } from '../create/index.ts';
import type { RedrawHome } from '../home/index.ts';
import type { ResolveIdentity } from '../identity/resolve.ts';
import type { PostOnce, Queue, WithLease } from '../queue/index.ts';
import type { Slack } from '../slack/slack.ts';
import { createNotifier } from '../slack/tell-later.ts';
import type { Store } from '../store/store.ts';
import { remembered } from '../time.ts';
import {
  createApproversOf,
  createDecidersOf,
  createMayApprove,
  type DecidersOf,
  type FileSource,
  type Gate,
} from '../trust/index.ts';
import type { Tuning } from '../tuning.ts';
import { createApproverNotifier } from './notify-approvers.ts';
import { createReviewer } from './review.ts';
import { createSettler } from './settle.ts';

type ApprovalDeps = {
  queue: Pick<Queue, 'enqueue' | 'work'>;
  store: Pick<Store, 'requests' | 'approvalMessages' | 'envelopes' | 'audit'>;
  slack: Pick<Slack, 'outbound' | 'people' | 'findLeaver' | 'groups' | 'textFor'>;
  policy: Pick<FileSource<unknown>, 'sha256'>;
  gate: Pick<Gate, 'judge'>;
  decidersOf: DecidersOf;
  resolve: ResolveIdentity;
  transitions: Transitions;
  redrawHome: RedrawHome;
  withLease: WithLease;
  postOnce: PostOnce;
  tuning: Pick<Tuning, 'log' | 'now'>;
};

const SOME = { concurrency: 4 };

/** Asks people for their approval of a request, and does what they decide. */
export function createApprovals(deps: ApprovalDeps): void {
  const { queue, store, slack, policy, decidersOf, resolve, transitions, redrawHome } = deps;
  const { withLease, postOnce } = deps;
  const { outbound, groups, people, findLeaver, textFor } = slack;
  const { now, log } = deps.tuning;
  const approversOf = createApproversOf({ groups, people, resolve });
  const notifier = createNotifier({ envelopes: store.envelopes, outbound, enqueue: queue.enqueue });
  const { settle, expire } = createSettler({
    store,
    transitions,
    decidersOf,
    approversOf,
    people,
    findLeaver,
    resolve,
    notifier,
    now,
    textFor,
  });
  const review = createReviewer({
    store,
    transitions,
    decide: () => decideOnce(deps),
    findLeaver,
    policySha256: policy.sha256,
    now,
  });
  const notifying = { store, outbound, withLease, postOnce, redrawHome, now, log, textFor };
  queue.work('settle-approval', settle, SOME);
  queue.work('expire-approval', expire, SOME);
  queue.work('review-approvals', review, { concurrency: 1 });
  queue.work('tell-approvers', createApproverNotifier(notifying), SOME);
}

/** Slack is asked once for a group's members, however many requests wait. */
function decideOnce({ slack: { groups, people }, gate, resolve, tuning: { now } }: ApprovalDeps) {
  const membersNow = remembered(groups.membersNow, { keyOf: (groupId) => groupId, now });
  const remembering = { membersNow };
  return {
    decidersOf: createDecidersOf({
      judge: gate.judge,
      mayApprove: createMayApprove({ people, groups: remembering }),
    }),
    approversOf: createApproversOf({ people, groups: remembering, resolve }),
  };
}
