import type { IsInGroup } from '../slack/groups.ts';
import type { DescribePlace } from '../slack/places.ts';
import type { SlackPerson } from '../session/person.ts';
import type { Ledger } from '../store/ledger.ts';
import { createBudget } from './budget.ts';
import type { Budget } from './budget.ts';
import { createGate } from './gate.ts';
import type { Gate } from './gate.ts';
import type { PolicySource } from './policy-source.ts';

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
