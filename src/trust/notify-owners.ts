import {
  backOffMs,
  soonIfBusy,
  type Lease,
  type PostedOnce,
  type PostOnce,
  type WithLease,
} from '../queue/index.ts';
import { alertName, type BudgetAlert } from '../session/policy/limits.ts';
import type { Policy } from '../session/policy/schema.ts';
import { renderBudgetAlert } from '../slack/blocks/usage.ts';
import { budgetMetadata } from '../slack/metadata.ts';
import { directPlace } from '../slack/outbound.ts';
import type { Slack } from '../slack/slack.ts';
import type { Tuning } from '../tuning.ts';
import { idsOf } from './approvers.ts';

type NotifyDeps = {
  policy: { current: () => Policy | null };
  slack: Pick<Slack, 'groups' | 'outbound' | 'textFor'>;
  withLease: WithLease;
  postOnce: PostOnce;
  command: string;
  tuning: Pick<Tuning, 'log'>;
};

/** At most this many owners are notified. */
const MOST_TOLD = 20;

/** Sends each owner of the policy one direct message about how much of a budget is used. */
export function createOwnerNotifier(deps: NotifyDeps) {
  const { policy, slack, withLease, postOnce } = deps;

  async function tell(userId: string, alert: BudgetAlert, lease: Lease): Promise<PostedOnce> {
    const name = alertName(alert);
    const over = policy.current()?.limits.over ?? 'refuse';
    return postOnce({
      key: `budget:${name}:${userId}`,
      place: await directPlace(slack.outbound, userId),
      metadata: budgetMetadata(name, userId),
      lease,
      render: async () =>
        renderBudgetAlert({ alert, over, command: deps.command }, await slack.textFor(userId)),
    });
  }

  /** null: everyone was notified; otherwise how long to wait before notifying the rest, in ms. */
  async function tellAll(alert: BudgetAlert, lease: Lease): Promise<number | null> {
    let waitMs: number | null = null;
    const owners = await idsOf(policy.current()?.owners ?? [], slack.groups.membersNow);
    for (const userId of [...owners].slice(0, MOST_TOLD)) {
      lease.held.throwIfAborted();
      const posted = await tell(userId, alert, lease);
      if (posted.kind === 'rate-limited') return posted.retryAfterMs;
      if (posted.kind === 'unclear') waitMs = backOffMs(0);
      if (posted.kind === 'refused')
        deps.tuning.log.warn(
          { code: posted.code, userId },
          'Slack refused to tell an owner of the policy about a budget',
        );
    }
    return waitMs;
  }

  return async (alert: BudgetAlert): Promise<number | null> =>
    soonIfBusy(withLease(`budget:${alertName(alert)}`, async (lease) => tellAll(alert, lease)));
}
