import { expect, test } from 'vitest';
import { createWorld, startBot, type World } from '../support/bot.ts';
import { cardOf, sessionOf, sessionsAs } from '../support/look.ts';
import { someoneIn } from '../support/people.ts';
import { useWorld } from '../support/worlds.ts';

/** Longer than a test. */
const LONG_MS = 3_600_000;

const held = useWorld({ overrides: { undoMs: LONG_MS } });

/** Ana mentions the app in a channel, and sees the card of what starts in a moment. */
async function mention(words: string, world: World) {
  const { slack } = world;
  const { ana, channelId } = someoneIn(world);
  const { ts } = await slack.speak(ana.userId, channelId, `<@${slack.workspace.botUserId}> ${words}`);
  const card = await cardOf(slack, channelId, (text) => text.includes('Starting in 5 s'));
  const press = async (button: string, userId = ana.userId) =>
    slack.clickButton(userId, { channelId, ts: card.ts }, button);
  const shows = async (words: string) =>
    slack.waitForMessage(channelId, (one) => one.ts === card.ts && one.text.includes(words));
  return { ana, channelId, ts, card, press, shows };
}

test('a mention shows its card before anything starts, and Cancel leaves it at that', async () => {
  const { slack, devin } = held();
  const { ana, channelId, ts, card, press, shows } = await mention('nice work today everyone', held());
  expect(card.threadTs).toBe(ts);
  expect(slack.renderText(card)).toMatch(/Start now.*Cancel/s);
  await press('cancel');
  await shows('Canceled by');
  await slack.command(ana.userId, channelId, 'fix the login test');
  const { request } = await sessionOf(devin, ana.devinUserId);
  expect(request.prompt).toBe('fix the login test');
  expect(sessionsAs(devin, ana.devinUserId)).toHaveLength(1);
  expect(slack.problems).toEqual([]);
});

test('Start now starts one session at once, however often it is pressed, and only for its requester', async () => {
  const { slack, devin } = held();
  const { ana, channelId, press, shows } = await mention('fix the logout test', held());
  const { ana: eve } = someoneIn(held());
  slack.joinChannel(eve.userId, channelId);
  await press('start_now', eve.userId);
  expect(sessionsAs(devin, ana.devinUserId)).toEqual([]);
  await Promise.all([press('start_now'), press('start_now')]);
  const { url } = await sessionOf(devin, ana.devinUserId);
  await shows(url);
  expect(sessionsAs(devin, ana.devinUserId)).toHaveLength(1);
});

test('deleting the message cancels what it asked for', async () => {
  const { slack, devin } = held();
  const { ana, channelId, ts, shows } = await mention('fix the third test', held());
  await slack.deleteMessage(ana.userId, { channelId, ts });
  await shows('Canceled by');
  expect(sessionsAs(devin, ana.devinUserId)).toEqual([]);
});

const quick = useWorld({ overrides: { undoMs: 300 } });

test('a direct message starts by itself once nobody canceled it in time', async () => {
  const { slack, devin } = quick();
  const { ana } = someoneIn(quick());
  const channelId = slack.directMessages(ana.userId);
  await slack.speak(ana.userId, channelId, 'fix the login test');
  const { url } = await sessionOf(devin, ana.devinUserId);
  await cardOf(slack, channelId, (text) => text.includes(url));
  expect(sessionsAs(devin, ana.devinUserId)).toHaveLength(1);
});

test('a person who may not start a session is refused without a card', async () => {
  const { slack } = held();
  const { ana: guest, channelId } = someoneIn(held(), { person: { isGuest: true } });
  await slack.speak(guest.userId, channelId, `<@${slack.workspace.botUserId}> fix the login test`);
  await slack.waitForMessage(
    channelId,
    ({ ephemeralFor, text }) => ephemeralFor === guest.userId && /guest/.test(text),
  );
  expect(slack.messages(channelId).filter(({ metadata }) => metadata)).toEqual([]);
});

test('what is held when the app stops starts after the restart', async () => {
  const undo = { undoMs: 2000 };
  const world = await createWorld({ overrides: undo });
  try {
    const { ana } = await mention('fix the login test', world);
    await world.bot.stop();
    const { bot } = await startBot(world.environment, world.slack, undo);
    try {
      await sessionOf(world.devin, ana.devinUserId);
      expect(sessionsAs(world.devin, ana.devinUserId)).toHaveLength(1);
    } finally {
      await bot.stop();
    }
  } finally {
    await world.close();
  }
});
