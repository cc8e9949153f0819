import { describe, expect, test } from 'vitest';
import { toldTo } from '../support/asking.ts';
import { startBot } from '../support/bot.ts';
import { settledForm } from '../support/look.ts';
import { addColleague } from '../support/people.ts';
import { useWorld } from '../support/worlds.ts';

describe('the greeting in a channel', () => {
  const world = useWorld();

  function setUp() {
    const { slack } = world();
    const ana = addColleague(world());
    const channelId = slack.addChannel({
      name: `greet-${ana.name}`,
      members: [ana.userId],
      botIsMember: false,
    });
    const greetings = () => slack.messages(channelId).filter(({ text }) => text.includes('/devin help'));
    const greeted = async () => slack.waitForMessage(channelId, ({ text }) => text.includes('/devin help'));
    return { slack, ana, channelId, greetings, greeted };
  }

  test('says in three lines what the app does, and its button starts a session', async () => {
    const { slack, ana, channelId, greeted } = setUp();
    await slack.inviteBot(ana.userId, channelId);
    const { ts, text } = await greeted();
    expect(text.split('\n')).toHaveLength(3);
    expect(text).toContain('/devin fix the flaky login test');
    expect(text).toContain('Start a Devin session');
    await slack.clickButton(ana.userId, { channelId, ts }, 'Start a Devin session');
    await settledForm(slack, ana.userId);
    expect(slack.problems).toEqual([]);
  });

  test('is posted once, however often the app is invited', async () => {
    const { slack, ana, channelId, greetings, greeted } = setUp();
    const [delivery] = await slack.inviteBot(ana.userId, channelId);
    await greeted();
    if (delivery !== undefined) await slack.redeliver(delivery);
    slack.setBotMember(channelId, false);
    await slack.inviteBot(ana.userId, channelId);
    const other = setUp();
    await slack.inviteBot(other.ana.userId, other.channelId);
    await other.greeted();
    expect(greetings()).toHaveLength(1);
  });

  test("is posted once even if Slack's answer is lost", async () => {
    const { slack, ana, channelId, greetings, greeted } = setUp();
    slack.fail('chat.postMessage', { afterEffect: true, args: { channel: channelId } });
    await slack.inviteBot(ana.userId, channelId);
    await greeted();
    await slack.waitFor(() =>
      slack.calls.some(
        ({ method, args }) => method === 'conversations.history' && args['channel'] === channelId,
      ),
    );
    expect(greetings()).toHaveLength(1);
  });

  test('opens no form for a person from another workspace', async () => {
    const { slack, ana, channelId, greeted } = setUp();
    const eve = addColleague(world(), { teamId: 'TOTHER' });
    await slack.inviteBot(ana.userId, channelId);
    const { ts } = await greeted();
    await slack.clickButton(eve.userId, { channelId, ts }, 'Start a Devin session');
    await toldTo(world(), { channelId, userId: eve.userId }, 'Only members of the Slack workspace');
    expect(slack.openViewOf(eve.userId)).toBeUndefined();
  });
});

describe('two replicas', () => {
  const world = useWorld();

  test('greet a channel once, also after a restart', async () => {
    const { slack, environment, address } = world();
    const ana = addColleague(world());
    const channelId = slack.addChannel({ name: 'greet-two', members: [ana.userId], botIsMember: false });
    const second = await startBot(environment, slack);
    slack.connectHttp(`${address}/slack/events`, `${second.address}/slack/events`);
    const event = {
      type: 'member_joined_channel',
      user: slack.workspace.botUserId,
      channel: channelId,
      channel_type: 'C',
    };
    const isGreeting = ({ text }: { text: string }) => text.includes('/devin help');
    await slack.inviteBot(ana.userId, channelId);
    await Promise.all([slack.deliverEvent(event), slack.deliverEvent(event)]);
    await slack.waitForMessage(channelId, isGreeting);
    await second.bot.stop();
    const third = await startBot(environment, slack);
    await slack.deliverEvent(event);
    const other = slack.addChannel({ name: 'greet-other', members: [ana.userId], botIsMember: false });
    await slack.inviteBot(ana.userId, other);
    await slack.waitForMessage(other, isGreeting);
    expect(slack.messages(channelId).filter(isGreeting)).toHaveLength(1);
    await third.bot.stop();
  });
});
