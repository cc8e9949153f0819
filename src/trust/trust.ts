import type { IsInGroup } from '../slack/groups.ts';
import type { DescribePlace } from '../slack/places.ts';
import type { SlackPerson } from '../session/person.ts';
import type { Ledger } from '../store/ledger.ts';
import type { PostOnce, Queue, WithLease } from '../queue/index.ts';
import type { Slack } from '../slack/slack.ts';
import type { Tuning } from '../tuning.ts';
import { createBudget } from './budget.ts';
import type { Budget } from './budget.ts';
import { createGate } from './gate.ts';
import type { Gate } from './gate.ts';
import type { PolicySource } from './policy-source.ts';
import { createOwnerTeller } from './tell-owners.ts';

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

type TellingDeps = {
  queue: Pick<Queue, 'enqueue' | 'work'>;
  policy: Pick<PolicySource, 'current'>;
  slack: Pick<Slack, 'groups' | 'outbound' | 'textFor'>;
  withLease: WithLease;
  postOnce: PostOnce;
  /** The slash command's name. */
  command: string;
  tuning: Pick<Tuning, 'log'>;
};

/** Owners of the policy hear when a budget comes to its end. */
export function createOwnerTelling(deps: TellingDeps): void {
  const { queue, policy, slack, withLease, postOnce, command, tuning } = deps;
  const { groups, outbound, textFor } = slack;
  const tell = createOwnerTeller({
    policy: policy.current,
    membersOf: groups.membersOf,
    outbound,
    textFor,
    withLease,
    postOnce,
    enqueue: queue.enqueue,
    command,
    log: tuning.log,
  });
  queue.work('tell-owners', tell, { concurrency: 1 });
}
