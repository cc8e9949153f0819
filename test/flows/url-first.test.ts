import { describe, expect, test } from 'vitest';
import type { LocalSlack } from '../../sandbox/slack/index.ts';
import { typeTask } from '../support/asking.ts';
import { createWorld, startBot, type World } from '../support/bot.ts';
import { cardOf, sessionOf } from '../support/look.ts';
import { addColleague } from '../support/people.ts';
import { QUICK_THREADS } from '../support/quick.ts';
import { startThread } from '../support/threads.ts';
import { describeOnBothWorlds, useWorld } from '../support/worlds.ts';

const CREATE = { method: 'POST', path: /\/sessions$/ } as const;
const MESSAGE = { method: 'POST', path: /\/messages$/ } as const;

async function askIn({ slack, devin }: Pick<World, 'slack' | 'devin'>, text: string) {
  const ana = addColleague({ slack, devin });
  const channelId = slack.addChannel({ name: `url-${ana.name}`, members: [ana.userId] });
  await typeTask({ slack }, { userId: ana.userId, channelId }, text);
  return { ana, channelId };
}

/** How often the cards in a channel were posted and edited. */
function writes(slack: LocalSlack, channelId: string): string[] {
  return slack.calls
    .filter(({ args }) => args['channel'] === channelId)
    .map(({ method }) => method)
    .filter((method) => method === 'chat.postMessage' || method === 'chat.update');
}

describeOnBothWorlds('the URL of a new session', (world) => {
  test('is on the first card if Devin answers at once', async () => {
    const { slack, devin } = world();
    const { ana, channelId } = await askIn(world(), 'fix the flaky login test at once');
    const { url } = await sessionOf(devin, ana.devinUserId);
    await cardOf(slack, channelId, (text) => text.includes(url));
    expect(writes(slack, channelId)).toEqual(['chat.postMessage']);
  });

  test('is added by one edit to a card that says "Starting" if Devin is slow', async () => {
    const { slack, devin } = world();
    const { promise: until, resolve: release } = Promise.withResolvers<void>();
    const slow = devin.fail(CREATE, { until, times: 1 });
    const { ana, channelId } = await askIn(world(), 'take it slowly please');
    await cardOf(slack, channelId, (text) => text.includes('Starting'));
    release();
    const { url } = await sessionOf(devin, ana.devinUserId);
    await cardOf(slack, channelId, (text) => text.includes(url));
    expect(writes(slack, channelId)).toEqual(['chat.postMessage', 'chat.update']);
    expect(slow.remaining()).toBe(0);
  });

  test('is followed in the thread of a card that was posted earlier', async () => {
    const { slack, devin } = world();
    const { promise: until, resolve: release } = Promise.withResolvers<void>();
    devin.fail(CREATE, { until, times: 1 });
    const { ana, channelId } = await askIn(world(), 'slowly and then talk');
    await cardOf(slack, channelId, (text) => text.includes('Starting'));
    release();
    const { id, url } = await sessionOf(devin, ana.devinUserId);
    const card = await cardOf(slack, channelId, (text) => text.includes(url));
    await slack.speak(ana.userId, channelId, 'mind the tests', { threadTs: card.ts });
    await devin.waitForSession(
      (one) => one.id === id && one.messages.some(({ message }) => message.includes('mind')),
    );
  });
});

describe('while Devin does not answer', () => {
  test('60 people who wait each get a card or a word, even if no more edits can be made, and a 61st the URL', async () => {
    const world = await createWorld({ overrides: { editBudget: { burst: 1, perMinute: 1 } } });
    const { slack, devin } = world;
    const hanging = devin.fail(CREATE, { hang: true, times: 60 });
    const asked = await Promise.all(
      Array.from({ length: 60 }, (_, at) => askIn(world, `fix the flaky login test in part ${at}`)),
    );
    for (const { channelId } of asked)
      await slack.waitForMessage(channelId, ({ text }) => /Starting|being started/.test(text));
    expect(hanging.remaining()).toBe(0);
    expect(asked.filter(({ channelId }) => writes(slack, channelId).length > 0).length).toBeLessThan(10);
    const { ana, channelId } = await askIn(world, 'fix the next flaky test');
    const { url } = await sessionOf(devin, ana.devinUserId);
    await cardOf(slack, channelId, (text) => text.includes(url));
    await world.close();
  });

  test('a request in flight when the process ends is settled by the next process', async () => {
    const world = await createWorld();
    const { slack, devin, environment } = world;
    devin.fail(CREATE, { hang: true, afterEffect: true, times: 1 });
    const { ana, channelId } = await askIn(world, 'fix the flaky test in flight');
    const { url } = await sessionOf(devin, ana.devinUserId);
    await world.bot.stop();
    const again = await startBot(environment, slack);
    const card = await cardOf(slack, channelId, (text) => text.includes(url));
    expect(card.text).not.toContain('Not confirmed');
    expect(devin.createdCount()).toBe(1);
    await again.bot.stop();
    await world.close();
  });
});

describe('while Devin takes no messages for some sessions', () => {
  const world = useWorld(QUICK_THREADS);

  test("11 of them don't delay another session's reply", async () => {
    const { devin } = world();
    const stuck = await Promise.all(Array.from({ length: 11 }, () => startThread(world())));
    const other = await startThread(world());
    const hanging = devin.fail(MESSAGE, { hang: true, times: 11 });
    for (const { ana, say } of stuck) await say(ana.userId, 'hello?');
    await devin.waitForRequest(() => hanging.remaining() === 0);
    await other.say(other.ana.userId, 'go on');
    await devin.waitForSession(
      ({ id, messages }) => id === other.id && messages.some(({ message }) => message === 'go on'),
    );
  });
});
