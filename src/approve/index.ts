import type { Queue } from '../queue/index.ts';
import type { Slack } from '../slack/edge/slack.ts';
import { createNotifier } from '../slack/tell-later.ts';
import type { Gate } from '../trust/index.ts';
import type { ApproveContext } from './context.ts';
import { tellApprovers } from './notify-approvers.ts';
import { settle } from './settle.ts';

type ApprovalDeps = Omit<ApproveContext, 'judge' | 'notifier' | 'slack'> & {
  queue: Pick<Queue, 'enqueue' | 'work'>;
  slack: ApproveContext['slack'] & Pick<Slack, 'outbound'>;
  gate: Pick<Gate, 'judge'>;
};

const SOME = { concurrency: 4 };

/** Asks people for their approval of a request, and does what they decide. */
export function createApprovals({ queue, gate, ...deps }: ApprovalDeps): void {
  const { store, slack } = deps;
  const notifier = createNotifier({
    envelopes: store.envelopes,
    outbound: slack.outbound,
    enqueue: queue.enqueue,
  });
  const context: ApproveContext = { ...deps, judge: gate.judge, notifier };
  queue.work('settle-approval', async (decision) => settle(context, decision), SOME);
  queue.work('tell-approvers', async (job) => tellApprovers(context, job), SOME);
}
