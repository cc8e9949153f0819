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
import { alertMetadata } from '../slack/edge/metadata.ts';
import { directPlace } from '../slack/edge/outbound.ts';
import type { Slack } from '../slack/edge/slack.ts';
import type { Rendered } from '../slack/views/objects.ts';
import { renderBudgetAlert } from '../slack/views/usage.ts';
import type { Text } from '../text/index.ts';
import type { Tuning } from '../times.ts';
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

/** `name`: it's sent once under it. */
type Alert = { name: string; render: (text: Text) => Rendered };

/** Sends each owner of the policy one direct message. */
export function createOwnerNotifier(deps: NotifyDeps) {
  const { policy, slack, withLease, postOnce } = deps;

  async function tell(userId: string, { name, render }: Alert, lease: Lease): Promise<PostedOnce> {
    return postOnce({
      key: `${name}:${userId}`,
      place: await directPlace(slack.outbound, userId),
      metadata: alertMetadata(name, userId),
      lease,
      render: async () => render(await slack.textFor(userId)),
    });
  }

  /** null: everyone was notified; otherwise how long to wait before notifying the rest, in ms. */
  async function tellAll(alert: Alert, lease: Lease): Promise<number | null> {
    let waitMs: number | null = null;
    const { ids: owners } = await idsOf(policy.current()?.owners ?? [], slack.groups.membersNow);
    for (const userId of [...owners].slice(0, MOST_TOLD)) {
      lease.held.throwIfAborted();
      const posted = await tell(userId, alert, lease);
      if (posted.kind === 'rate-limited') return posted.retryAfterMs;
      if (posted.kind === 'unclear') waitMs = backOffMs(0);
      if (posted.kind === 'refused')
        deps.tuning.log.warn(
          { code: posted.code, userId },
          'Slack refused an alert for an owner of the policy',
        );
    }
    return waitMs;
  }

  const once = async (alert: Alert): Promise<number | null> =>
    soonIfBusy(withLease(alert.name, async (lease) => tellAll(alert, lease)));

  return {
    tellOfBudget: async (alert: BudgetAlert): Promise<number | null> => {
      const over = policy.current()?.limits.over ?? 'refuse';
      const shown = { alert, over, command: deps.command };
      return once({ name: `budget:${alertName(alert)}`, render: (text) => renderBudgetAlert(shown, text) });
    },
  };
}
