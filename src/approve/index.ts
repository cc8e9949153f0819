import type { Transitions } from '../create/index.ts';
import type { RedrawHome } from '../home/index.ts';
import type { ResolveIdentity } from '../identity/resolve.ts';
import type { PostOnce, Queue, WithLease } from '../queue/index.ts';
import type { Slack } from '../slack/slack.ts';
import type { Store } from '../store/store.ts';
import { createMayApprove, type Gate } from '../trust/index.ts';
import type { Tuning } from '../tuning.ts';
import { createApproverNotifier } from './notify-approvers.ts';
import { createSettler } from './settle.ts';

type ApprovalDeps = {
  queue: Pick<Queue, 'work'>;
  store: Pick<Store, 'requests' | 'approvalMessages' | 'envelopes' | 'audit'>;
  slack: Pick<Slack, 'outbound' | 'people' | 'groups' | 'textFor'>;
  gate: Pick<Gate, 'judge'>;
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
  const { queue, store, slack, gate, resolve, transitions, redrawHome, withLease, postOnce, tuning } = deps;
  const { requests, approvalMessages: messages, envelopes, audit } = store;
  const { outbound, people, textFor } = slack;
  const { now, log } = tuning;
  const { judge } = gate;
  const mayApprove = createMayApprove(slack);
  const settling = { requests, people, judge, mayApprove, resolve, transitions, envelopes, audit, outbound };
  const { settle, expire } = createSettler({ ...settling, now, textFor });
  const notifying = { requests, messages, outbound, withLease, postOnce, redrawHome };
  queue.work('settle-approval', settle, SOME);
  queue.work('expire-approval', expire, SOME);
  queue.work('tell-approvers', createApproverNotifier({ ...notifying, now, log, textFor }), SOME);
}
