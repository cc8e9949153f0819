import { alertName, type BudgetAlert } from '../session/policy/limits.ts';
import { alertMetadata } from '../slack/edge/metadata.ts';
import { renderBudgetAlert } from '../slack/views/usage.ts';
import { shownKey } from '../store/shown.ts';
import type { Text } from '../text/index.ts';
import type { Kind } from './context.ts';
import type { Show } from './show.ts';

/** At most this many owners are told. */
const MOST_TOLD = 20;

type AlertRows = {
  alert: BudgetAlert;
  userId: string;
  over: 'approve' | 'refuse';
  command: string;
  text: Text;
};

/** An owner of the policy is told how much of a budget is used. */
export const ALERT: Kind<AlertRows> = {
  async read({ budget, policy, slack, command }, subject) {
    const name = subject.split(':');
    const userId = name.pop() ?? '';
    const [teamId = '', , whose = ''] = name;
    const alerts = await budget.alerts({ teamId, userId: whose, channelId: whose });
    const alert = alerts.find((one) => alertName(one) === name.join(':'));
    if (alert === undefined) return null;
    const over = policy.current().limits.over;
    return { alert, userId, over, command, text: await slack.textFor(userId) };
  },

  desired: ({ userId, text, ...shown }) => ({
    place: 'direct',
    teamId: shown.alert.teamId,
    userId,
    metadata: alertMetadata(alertName(shown.alert), userId),
    render: () => renderBudgetAlert(shown, text),
  }),
};

/** Each owner has a message of their own. */
export const showAlerts: Show = async ({ policy, slack: { groups }, enqueue }, name) => {
  const { ids } = await groups.idsOf(policy.current().owners);
  for (const userId of [...ids].slice(0, MOST_TOLD))
    await enqueue('show', { key: shownKey('alert', name, userId) });
  return null;
};
