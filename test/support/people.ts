import type { World } from './bot.ts';

let count = 0;

/** A person of the workspace who is a member of the Devin organization, with a unique name. */
export function addColleague(
  { slack, devin }: Pick<World, 'slack' | 'devin'>,
  options: {
    inDevin?: boolean;
    isGuest?: boolean;
    isAdmin?: boolean;
    teamId?: string;
    teams?: readonly string[];
    email?: string;
    emailConfirmed?: boolean;
    locale?: string;
  } = {},
) {
  count += 1;
  const name = `person${count}`;
  const { inDevin = true, email = `${name}@acme.example`, ...slackOptions } = options;
  const userId = slack.addUser({ name, email, ...slackOptions });
  const devinUserId = `user-${name}`;
  if (inDevin) devin.addMember({ userId: devinUserId, email, name: `Devin ${name}` });
  return { userId, devinUserId, name, email, devinName: `Devin ${name}` };
}
