import { isAdministrator } from '../session/identity.ts';
import type { Spender } from '../session/policy/limits.ts';
import type { Policy } from '../session/policy/schema.ts';
import { maySeeUsage, sinceDays, summarize, type UsageAsked } from '../session/usage.ts';
import type { Slack } from '../slack/edge/slack.ts';
import type { UsageReport } from '../slack/views/usage.ts';
import { MOST_REPORTED } from '../store/ledger.ts';
import type { Store } from '../store/store.ts';
import { isOwner } from './approvers.ts';
import type { Budget } from './budget.ts';

type UsageContext = {
  policy: { current: () => Policy };
  budget: Pick<Budget, 'ceilings'>;
  store: Pick<Store, 'usage'>;
  slack: Pick<Slack, 'groups' | 'people'>;
  now: () => number;
};

export type Spending = ReturnType<typeof createSpending>;

/** Reports on what was used. Throws if Slack can't be asked who the person is. */
export function createSpending({ policy, budget, store, slack, now }: UsageContext) {
  /** Who may see everyone's usage and the state of the policy file: workspace admins, and its owners if they are members. */
  const mayAll = async (userId: string): Promise<boolean> =>
    isAdministrator(await slack.people.find(userId)) || isOwner(slack, policy.current(), userId);

  return {
    mayAll,

    /** What was used, and the budgets that apply to the person there; null: they may not see it. */
    async report(spender: Spender, { scope, by, days }: UsageAsked): Promise<UsageReport | null> {
      const hasOwners = policy.current().owners.length > 0;
      if (!maySeeUsage({ scope, by }, { hasOwners, mayAll: await mayAll(spender.userId) })) return null;
      const since = sinceDays(days, new Date(now()));
      const [rows, { ceilings: budgets }] = await Promise.all([
        store.usage.rows(spender, scope, since),
        budget.ceilings(spender),
      ]);
      const newest = rows.length < MOST_REPORTED ? null : MOST_REPORTED;
      return { scope, by, days, budgets, summary: summarize(rows, by), newest };
    },
  };
}
