import type { View } from '../../sandbox/slack/index.ts';
import type { PlaceSetting } from '../../src/session/preferences.ts';
import { VIEW } from '../../src/slack/edge/ids.ts';
import { en } from '../../src/text/en.ts';
import type { World, WorldOptions } from './bot.ts';
import { cardOf, sessionOf, sessionsAs } from './look.ts';
import { someoneIn, typeUntilSaved } from './people.ts';
import { useWorld } from './worlds.ts';

type Options = Pick<NonNullable<Parameters<typeof someoneIn>[1]>, 'channel' | 'person'> & { text?: string };

/** Types a task; any answer fails. */
export async function typeTask(
  { slack }: Pick<World, 'slack'>,
  who: { userId: string; channelId: string },
  task: string,
): Promise<void> {
  const { failure, message } = await typeUntilSaved({ slack }, who, task);
  const answer = message === null ? failure : slack.renderText(message);
  if (answer !== null) throw new Error(`Nothing was started: ${answer}`);
}

/** A person, a channel, and a session that runs with its card there. */
export async function startSession(world: Pick<World, 'slack' | 'devin'>, options: Options = {}) {
  const { slack, devin } = world;
  const { ana, channelId, place } = someoneIn(world, options);
  await typeTask(world, place, options.text ?? `task of ${ana.name}`);
  const session = await sessionOf(devin, ana.devinUserId);
  const card = await cardOf(slack, channelId, (text) => text.includes(session.url));
  const showing = async (words: string) => cardOf(slack, channelId, (text) => text.includes(words));
  return { ana, channelId, session, card, showing, on: { channelId, ts: card.ts } };
}

/** A world in which each task is asked for by another person, in a channel of its own. */
export function useAsking(options: WorldOptions) {
  const world = useWorld(options);
  return {
    world,
    ask: async (task: string) => {
      const { ana, channelId, place } = someoneIn(world());
      await typeTask(world(), place, task);
      return { ana, channelId };
    },
    /** How many sessions run as this member. */
    created: (devinUserId: string) => sessionsAs(world().devin, devinUserId).length,
  };
}

type Ref = { channelId: string; ts: string };

/**
 * Presses a button that opens a view. On a busy machine the app may be too late to check the person: it says so, and
 * people press again.
 */
export async function pressToOpen(
  { slack }: Pick<World, 'slack'>,
  userId: string,
  { on, button }: { on: Ref; button: string },
): Promise<View> {
  const refusals = (): number =>
    slack
      .messages(on.channelId)
      .filter((one) => one.ephemeralFor === userId && one.text.includes(en.steering.notLookedUp)).length;
  const before = refusals();
  await slack.clickButton(userId, on, button);
  const view = await slack.waitFor(
    () => slack.openViewOf(userId) ?? (refusals() > before ? 'too-late' : null),
    { what: `the view of ${button}` },
  );
  return view === 'too-late' ? pressToOpen({ slack }, userId, { on, button }) : view;
}

/** Chooses Stop in a card's menu, and confirms. */
export async function stopOnCard({ slack }: Pick<World, 'slack'>, userId: string, on: Ref) {
  const asked = await pressToOpen({ slack }, userId, { on, button: 'ask_stop' });
  await slack.submit(asked.id, userId);
  return asked;
}

/** Opens the form for the settings of a channel, or of the workspace in a direct message, and saves it. */
export async function changeSettings(
  { slack }: Pick<World, 'slack'>,
  { userId, channelId }: { userId: string; channelId: string },
  chosen: Partial<Record<PlaceSetting, string>>,
) {
  await slack.command(userId, channelId, 'settings');
  const form = await slack.waitForView(
    (view) => view.userId === userId && view.definition.callback_id === VIEW.settings,
  );
  for (const [setting, value] of Object.entries(chosen))
    slack.typeIn(form.id, { [`setting.${setting}`]: value });
  return slack.submit(form.id, userId);
}

/** The latest message that only this person sees, once it says this, or one of these. */
export async function toldTo(
  { slack }: Pick<World, 'slack'>,
  { channelId, userId }: { channelId: string; userId: string },
  words: string | readonly string[],
) {
  return slack.waitForMessage(channelId, (message) => {
    const said = slack.renderText(message);
    return message.ephemeralFor === userId && [words].flat().some((one) => said.includes(one));
  });
}
