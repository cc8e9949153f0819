import type { Devin } from '../devin/devin.ts';
import type { PostOnce, Queue, WithLease } from '../queue/index.ts';
import type { SlackPerson } from '../session/identity.ts';
import type { IsInGroup } from '../slack/people.ts';
import type { DescribePlace } from '../slack/conversations.ts';
import type { Slack } from '../slack/slack.ts';
import type { Ledger } from '../store/ledger.ts';
import type { Store } from '../store/store.ts';
import type { Tuning } from '../tuning.ts';
import { createBudget } from './budget.ts';
import type { Budget } from './budget.ts';
import { createGate } from './gate.ts';
import type { Gate } from './gate.ts';
import type { PolicySource } from './policy-file.ts';
import { createOwnerNotifier } from './notify-owners.ts';
import { createMayAll } from './usage/may-all.ts';
import type { MayAll } from './usage/may-all.ts';
import { createUsageReport } from './usage/report.ts';
import type { ReportUsage } from './usage/report.ts';
import { createShowUsage } from './usage/show.ts';

export { createApproversOf, createMayApprove } from './approvers.ts';
export type { ApproversOf, MayApprove } from './approvers.ts';
export { verifyChain } from './audit-chain.ts';
export { exportAudit, exportUsage } from './export.ts';
export type { Budget, Fit, Reservation } from './budget.ts';
export type { Gate } from './gate.ts';
export { createQuickGate, withPolicy } from './quick-gate.ts';
export type { QuickGate } from './quick-gate.ts';
export type { MayAll } from './usage/may-all.ts';
export type { ReportUsage } from './usage/report.ts';
export { explain, readSpent } from './explain.ts';
export { FILES_EVERY_MS, openFile } from './file-source.ts';
export type { FileSource } from './file-source.ts';
export { readYamlFile } from './yaml-file/read.ts';
export type { Format, YamlResult } from './yaml-file/read.ts';
export { openPolicy, parsePolicy, readPolicyFile } from './policy-file.ts';
export type { PolicySource } from './policy-file.ts';
export type { ApprovalNeeded, Verdict } from './verdict.ts';

type TrustDeps = {
  policy: Pick<PolicySource, 'current'>;
  ledger: Ledger;
  slack: {
    people: { find: (userId: string) => Promise<SlackPerson | null> };
    groups: { isIn: IsInGroup };
    describePlace: DescribePlace;
  };
};

/** What the policy allows, and what is left of its budgets. */
export function createTrust({ policy, ledger, slack }: TrustDeps): { gate: Gate; budget: Budget } {
  const { people, groups, describePlace } = slack;
  const budget = createBudget({ policy: policy.current, ledger });
  const gate = createGate({
    policy: policy.current,
    findPerson: people.find,
    isInGroup: groups.isIn,
    describePlace,
    budget,
  });
  return { gate, budget };
}

type SpendingDeps = {
  queue: Pick<Queue, 'work'>;
  policy: Pick<PolicySource, 'current'>;
  budget: Budget;
  devin: Pick<Devin, 'organization'>;
  store: Pick<Store, 'usage' | 'envelopes'>;
  slack: Pick<Slack, 'groups' | 'outbound' | 'people' | 'richBlocks' | 'textFor'>;
  withLease: WithLease;
  postOnce: PostOnce;
  command: string;
  tuning: Pick<Tuning, 'log' | 'now'>;
};

type Spending = { usage: Pick<ReportUsage, 'ofPerson' | 'ofEveryone'>; mayAll: MayAll };

/** Shows what was used: to people who ask, in App Home, and to the policy's owners when a budget runs low. */
export function createSpending(deps: SpendingDeps): Spending {
  const { queue, policy, budget, store, slack, withLease, postOnce, command } = deps;
  const { log, now } = deps.tuning;
  const { groups, outbound, people, richBlocks, textFor } = slack;
  const notifying = { policy: policy.current, outbound, textFor, log };
  const { membersOf, isIn: isInGroup } = groups;
  const notifyOwners = createOwnerNotifier({
    ...notifying,
    membersOf,
    withLease,
    postOnce,
    command,
  });
  const { envelopes } = store;
  const { organization } = deps.devin;
  const mayAll = createMayAll({ policy: policy.current, findPerson: people.find, isInGroup });
  const { report, ...usage } = createUsageReport({
    usage: store.usage,
    budget,
    organization,
    mayAll,
    now,
    log,
  });
  const show = createShowUsage({ ...notifying, report, mayAll, envelopes, richBlocks, command });
  queue.work('tell-owners', notifyOwners, { concurrency: 1 });
  queue.work('show-usage', show, { concurrency: 2 });
  return { usage, mayAll };
}
