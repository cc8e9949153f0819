import type { WebClient } from '@slack/web-api';
import { everyGroupIn, type Policy } from '../session/policy/index.ts';
import { slackFailure } from '../slack/errors.ts';

/** `not-known`: Slack didn't say. */
type GroupFound = { id: string; kind: 'fine' | 'absent' | 'empty' | 'not-known' };

/** Whether Slack has the user groups that a policy names. A rule for one that doesn't exist is for nobody. */
export async function findGroups(client: WebClient, policy: Policy): Promise<GroupFound[]> {
  return Promise.all(everyGroupIn(policy).map(async (id) => ({ id, kind: await findGroup(client, id) })));
}

/** https://docs.slack.dev/reference/methods/usergroups.users.list */
async function findGroup(client: WebClient, usergroup: string): Promise<GroupFound['kind']> {
  try {
    const { users = [] } = await client.usergroups.users.list({ usergroup });
    return users.length === 0 ? 'empty' : 'fine';
  } catch (error) {
    const failure = slackFailure(error);
    return failure.kind === 'refused' && failure.code === 'no_such_subteam' ? 'absent' : 'not-known';
  }
}
