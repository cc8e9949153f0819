import type { World } from './bot.ts';
import { cardOf, sessionOf } from './look.ts';
import { addColleague } from './people.ts';

type Options = { text?: string; channel?: object; person?: object };

/** A person, a channel, and a session that runs with its card there. */
export async function startSession(world: World, options: Options = {}) {
  const { slack, devin } = world;
  const ana = addColleague(world, options.person);
  const channelId = slack.addChannel({ name: `of-${ana.name}`, members: [ana.userId], ...options.channel });
  await slack.command(ana.userId, channelId, options.text ?? `task of ${ana.name}`);
  const session = await sessionOf(devin, ana.devinUserId);
  const card = await cardOf(slack, channelId, (text) => text.includes(session.url));
  const showing = async (words: string) => cardOf(slack, channelId, (text) => text.includes(words));
  return { ana, channelId, session, card, showing, on: { channelId, ts: card.ts } };
}

/** The latest thing only this person sees, when it says this. */
export async function toldTo(
  { slack }: Pick<World, 'slack'>,
  { channelId, userId }: { channelId: string; userId: string },
  words: string,
) {
  return slack.waitForMessage(
    channelId,
    (message) => message.ephemeralFor === userId && slack.renderText(message).includes(words),
  );
}
