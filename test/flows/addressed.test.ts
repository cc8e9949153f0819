import { describe, expect, test } from 'vitest';
import type { Message } from '../../src/sandbox/slack/index.ts';
import { settledForm } from '../support/look.ts';
import { addColleague } from '../support/people.ts';
import { useWorld } from '../support/worlds.ts';

describe('a message to the app that is in no session’s thread', () => {
  const world = useWorld();

  async function formFrom(userId: string, channelId: string, { ts }: Message): Promise<string> {
    const { slack } = world();
    await slack.clickButton(userId, { channelId, ts }, 'open_form');
    return slack.renderText((await settledForm(slack, userId)).id);
  }

  test('in its direct messages starts nothing, and is offered in a form with its options read', async () => {
    const { slack, devin } = world();
    const ana = addColleague(world());
    const channelId = slack.directMessages(ana.userId);
    const before = devin.createdCount();
    await slack.speak(ana.userId, channelId, 'fix the <login> test --repo acme/web');
    const answer = await slack.waitForMessage(channelId, ({ text }) => text.includes('starts no session'));
    expect(answer.ephemeralFor).toBeNull();
    expect(answer.text).toContain('`/devin`');
    expect(answer.text).toContain('fix the &lt;login&gt; test --repo acme/web');
    const form = await formFrom(ana.userId, channelId, answer);
    expect(form).toContain('fix the <login> test');
    expect(form).toContain('acme/web');
    expect(devin.createdCount()).toBe(before);
    expect(slack.problems).toEqual([]);
  });

  test('with a mention in a channel is answered to its author alone', async () => {
    const { slack } = world();
    const [ana, ben] = [addColleague(world()), addColleague(world())];
    const channelId = slack.addChannel({ name: `said-${ana.name}`, members: [ana.userId, ben.userId] });
    await slack.speak(ben.userId, channelId, 'the login test fails');
    await slack.speak(ana.userId, channelId, `<@${slack.workspace.botUserId}> fix it`);
    const answer = await slack.waitForMessage(channelId, ({ text }) => text.includes('starts no session'));
    expect(answer.ephemeralFor).toBe(ana.userId);
    expect(slack.messages(channelId).filter(({ text }) => text.includes('starts no session'))).toHaveLength(
      1,
    );
  });

  test('with a mention in a thread brings what stands above it into the form', async () => {
    const { slack } = world();
    const [ana, ben] = [addColleague(world()), addColleague(world())];
    const channelId = slack.addChannel({ name: `above-${ana.name}`, members: [ana.userId, ben.userId] });
    const { ts: threadTs } = await slack.speak(ben.userId, channelId, 'the login test fails');
    await slack.speak(ana.userId, channelId, `<@${slack.workspace.botUserId}> fix it`, { threadTs });
    const answer = await slack.waitForMessage(channelId, ({ text }) => text.includes('starts no session'));
    expect(answer.threadTs).toBe(threadTs);
    expect(await formFrom(ana.userId, channelId, answer)).toContain(
      'The thread up to this message (2 messages',
    );
  });

  test('that asks for help has it', async () => {
    const { slack } = world();
    const ana = addColleague(world());
    const channelId = slack.directMessages(ana.userId);
    await slack.speak(ana.userId, channelId, 'help');
    await slack.waitForMessage(channelId, ({ text }) => text.includes('help options'));
  });
});
