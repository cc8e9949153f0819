import { describe, expect, test } from 'vitest';
import { typeTask } from '../support/asking.ts';
import { cardOf, sessionOf } from '../support/look.ts';
import { someoneIn } from '../support/people.ts';
import { QUICK_THREADS } from '../support/quick.ts';
import { useWorld } from '../support/worlds.ts';

/** Slack's own pauses are a minute and five. */
const REDELIVER_AFTER_MS = Array.from({ length: 30 }, () => 300);

describe('a reply under a card that is not recorded yet', () => {
  const world = useWorld({ ...QUICK_THREADS, slack: { redeliverAfterMs: REDELIVER_AFTER_MS } });

  test("isn't acknowledged, and reaches Devin once when Slack redelivers it", async () => {
    const { slack, devin } = world();
    const { ana, channelId } = someoneIn(world());
    slack.fail('chat.postMessage', { afterEffect: true, args: { channel: channelId } });
    const { promise: until, resolve: release } = Promise.withResolvers<void>();
    slack.fail('conversations.history', { until, args: { channel: channelId } });
    await typeTask({ slack }, { userId: ana.userId, channelId }, 'fix the login test');
    const card = await slack.waitForMessage(channelId, ({ metadata }) => Boolean(metadata));
    const { id } = await sessionOf(devin, ana.devinUserId);

    const { deliveries } = await slack.speak(ana.userId, channelId, 'use main', { threadTs: card.ts });
    expect(deliveries.map(({ outcomes }) => outcomes[0])).toEqual([{ kind: 'refused', status: 503 }]);
    release();

    await slack.waitForMessage(channelId, ({ reactions }) => reactions.has('white_check_mark'));
    const heard = devin
      .session(id)
      .messages.filter(({ source, message }) => source === 'user' && message === 'use main');
    expect(heard).toHaveLength(1);
  });
});

describe('an edit of a task whose session is not confirmed', () => {
  const world = useWorld(QUICK_THREADS);

  test('reaches Devin once its session is found', async () => {
    const { slack, devin } = world();
    const { ana, channelId } = someoneIn(world());
    devin.fail({ method: 'POST', path: /\/sessions$/ }, { afterEffect: true, times: 1 });
    const hidden = devin.fail({ method: 'GET', path: /\/sessions$/ }, { status: 403, times: Infinity });
    const task = `<@${slack.workspace.botUserId}> fix the login test`;
    const { ts } = await slack.speak(ana.userId, channelId, task);
    const card = await cardOf(slack, channelId, (text) => text.includes('Not confirmed'));
    await slack.editMessage(ana.userId, { channelId, ts }, task.replace('login', 'logout'));
    hidden.clear();
    await slack.clickButton(ana.userId, { channelId, ts: card.ts }, 'check_again');
    const { id } = await sessionOf(devin, ana.devinUserId);
    await expect
      .poll(() => devin.session(id).messages.map(({ message }) => message))
      .toEqual(['fix the login test', 'Correction of my earlier message: fix the logout test']);
    expect(slack.messages(channelId).filter(({ ephemeralFor }) => ephemeralFor !== null)).toEqual([]);
  });
});

describe('a reply in a thread without a session is acknowledged at once', () => {
  const world = useWorld(QUICK_THREADS);

  test('under an old message of the app', async () => {
    const { slack } = world();
    const { ana, channelId } = someoneIn(world());
    const threadTs = slack.say(slack.workspace.botUserId, channelId, 'an old message');
    const { deliveries } = await slack.speak(ana.userId, channelId, 'thanks', { threadTs });
    expect(deliveries.map(({ outcomes }) => outcomes[0]?.kind)).toEqual(['answered']);
  });

  test("under a person's message, while a card in the channel is not recorded yet", async () => {
    const { slack } = world();
    const { ana, channelId, place } = someoneIn(world());
    const threadTs = slack.say(ana.userId, channelId, 'lunch?');
    const { promise: until, resolve: release } = Promise.withResolvers<void>();
    const posting = slack.fail('chat.postMessage', { until, args: { channel: channelId } });
    await typeTask({ slack }, place, 'fix the login test');
    await expect.poll(() => posting.remaining()).toBe(0);
    const { deliveries } = await slack.speak(ana.userId, channelId, 'at noon', { threadTs });
    release();
    expect(deliveries.map(({ outcomes }) => outcomes[0]?.kind)).toEqual(['answered']);
  });
});
