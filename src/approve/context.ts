import type { Transitions } from '../create/index.ts';
import type { RedrawHome } from '../home/index.ts';
import type { ResolveIdentity } from '../identity/resolve.ts';
import type { PostOnce, WithLease } from '../queue/index.ts';
import type { Slack } from '../slack/edge/slack.ts';
import type { Notifier } from '../slack/tell-later.ts';
import type { Store } from '../store/store.ts';
import type { Tuning } from '../times.ts';
import type { Gate, MayApprove, MayEnd } from '../trust/index.ts';

/** What approvals need. */
export type ApproveContext = {
  store: Pick<Store, 'requests' | 'approvalMessages' | 'envelopes' | 'audit'>;
  slack: Pick<Slack, 'outbound' | 'people' | 'textFor'>;
  resolve: ResolveIdentity;
  judge: Gate['judge'];
  mayApprove: MayApprove;
  mayEnd: MayEnd;
  transitions: Transitions;
  notifier: Notifier;
  redrawHome: RedrawHome;
  withLease: WithLease;
  postOnce: PostOnce;
  tuning: Pick<Tuning, 'log' | 'now'>;
};
