import type { Message } from '../../sandbox/slack/index.ts';
import { knownBlocks } from '../../sandbox/slack/rules/assign-ids.ts';
import { elementsOf } from '../../sandbox/slack/rules/relations.ts';
import type { World } from './bot.ts';

type Slack = Pick<World, 'slack'>;

/** Acts as a person of another workspace with the same id as a person the app knows. */
export async function asForeigner<T>({ slack }: Slack, userId: string, act: () => Promise<T>): Promise<T> {
  const user = slack.users.get(userId);
  if (user === undefined) throw new Error(`${userId} is nobody`);
  const { teamId } = user;
  user.teamId = 'TOTHER';
  try {
    return await act();
  } finally {
    user.teamId = teamId;
  }
}

/** The value of a message's button. */
export function valueOf({ blocks }: Message, actionId: string): string {
  const values = knownBlocks(blocks)
    .flatMap((block) => elementsOf(block))
    .flatMap(({ element }) =>
      element.type === 'button' && element.action_id === actionId ? [element.value] : [],
    );
  const [value] = values;
  if (value === undefined) throw new Error(`no button ${actionId}`);
  return value;
}

type Press = {
  userId: string;
  channelId: string;
  actionId: string;
  value: string;
  triggerId?: string;
  /** What its action has beside that; undefined takes something away. */
  action?: Record<string, unknown>;
};

let presses = 0;

/** A button that no message offers this person: its value is another person's or outdated. */
export async function forgePress(
  { slack }: Slack,
  { userId, channelId, actionId, value, triggerId = 'forged', action = {} }: Press,
) {
  const { teamId, teamDomain, appId } = slack.workspace;
  const user = slack.users.get(userId);
  presses += 1;
  const ts = `17000${presses}.000100`;
  return slack.redeliver({
    kind: 'interactive',
    atMs: 0,
    outcomes: [],
    payload: {
      type: 'block_actions',
      team: { id: teamId, domain: teamDomain },
      user: { id: userId, username: user?.name, name: user?.name, team_id: user?.teamId },
      api_app_id: appId,
      container: { type: 'message', message_ts: ts, channel_id: channelId, is_ephemeral: false },
      channel: { id: channelId, name: 'forged' },
      trigger_id: triggerId,
      response_url: '',
      actions: [
        {
          type: 'button',
          action_id: actionId,
          block_id: 'forged',
          action_ts: ts,
          value,
          text: { type: 'plain_text', text: 'Forged' },
          ...action,
        },
      ],
    },
  });
}
