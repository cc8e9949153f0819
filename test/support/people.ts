import { en } from '../../src/text/en.ts';
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

/** Types a command. On a busy machine the app may be too late to save it: it says so, and people type it again. */
export async function typeUntilSaved(
  { slack }: Pick<World, 'slack'>,
  { userId, channelId }: { userId: string; channelId: string },
  text: string,
) {
  for (;;) {
    const reaction = await slack.command(userId, channelId, text);
    const { message } = reaction;
    if (message === null || !slack.renderText(message).includes(en.command.notAnswered.problem))
      return reaction;
  }
}

type Options = {
  name?: string;
  person?: Parameters<typeof addColleague>[1];
  channel?: object;
  /** Who else is in the channel. */
  others?: readonly string[];
};

/** A person in their own channel, whose name begins with this. */
export function someoneIn(
  world: Pick<World, 'slack' | 'devin'>,
  { name = 'of', person = {}, channel = {}, others = [] }: Options = {},
) {
  const { slack, devin } = world;
  const ana = addColleague(world, person);
  const members = [ana.userId, ...others];
  const channelId = slack.addChannel({ name: `${name}-${ana.name}`, members, ...channel });
  return {
    ana,
    channelId,
    place: { channelId, userId: ana.userId },
    type: async (text: string) => typeUntilSaved(world, { userId: ana.userId, channelId }, text),
    own: () => devin.sessions.filter(({ userId }) => userId === ana.devinUserId),
  };
}
