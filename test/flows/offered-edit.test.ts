import { describe, expect, test } from 'vitest';
import { en } from '../../src/text/en.ts';
import { toldTo } from '../support/asking.ts';
import { cardOf, sessionOf, sessionsAs, settledForm } from '../support/look.ts';
import { someoneIn } from '../support/people.ts';
import { QUICK_THREADS } from '../support/threads.ts';
import { describeOnBothWorlds, useWorld } from '../support/worlds.ts';

const OFFER = 'with your message?';

describeOnBothWorlds('an offered task whose message is edited', (world) => {
  /** Ana's message in the middle of which she mentions the app, with the offer to start from it. */
  const offered = async (words: string, options = {}) => {
    const { slack } = world();
    const { ana, channelId, place, own } = someoneIn(world());
    const withBot = (text: string): string => text.replace('%s', `<@${slack.workspace.botUserId}>`);
    const { ts } = await slack.speak(ana.userId, channelId, withBot(words), options);
    const { ts: offer } = await toldTo(world(), place, OFFER);
    return {
      ana,
      channelId,
      place,
      own,
      edit: async (text: string) => slack.editMessage(ana.userId, { channelId, ts }, withBot(text)),
      remove: async () => slack.deleteMessage(ana.userId, { channelId, ts }),
      press: async (button: string) => slack.clickButton(ana.userId, { channelId, ts: offer }, button),
    };
  };

  test('starts with the words and options of its last edit', async () => {
    const { ana, edit, press } = await offered('could %s fix the login test --repo acme/web');
    await edit('could %s fix the logout test --acu 5');
    await press('start_as_task');
    const { request } = await sessionOf(world().devin, ana.devinUserId);
    expect(request).toMatchObject({ prompt: 'could fix the logout test', max_acu_limit: 5 });
    expect(request.repos ?? []).toEqual([]);
  });

  test('starts with its last edit, also if Slack delivers that before another one', async () => {
    const { slack } = world();
    const { ana, edit, press } = await offered('could %s fix the login test');
    const earlier = await edit('could %s fix the logout test');
    await edit('could %s fix the slow test');
    for (const delivery of earlier) await slack.redeliver(delivery, { num: 0, reason: 'late' });
    await press('start_as_task');
    expect((await sessionOf(world().devin, ana.devinUserId)).request.prompt).toBe('could fix the slow test');
  });

  test.each(['(aside) could %s fix the login test', 'thanks %s', '%s', '%s ありがとう'])(
    'starts nothing once it says only: %s',
    async (words) => {
      const { place, own, edit, press } = await offered('could %s fix the login test');
      await edit(words);
      await press('start_as_task');
      await toldTo(world(), place, en.command.question.invalidNow);
      expect(own()).toEqual([]);
    },
  );

  test('starts nothing once it is deleted, except from the form that was open', async () => {
    const { slack, devin } = world();
    const { ana, place, own, remove, press } = await offered('could %s fix the login test');
    await press('open_form');
    const { id } = await settledForm(slack, ana.userId);
    await remove();
    await press('start_as_task');
    await toldTo(world(), place, en.command.question.invalidNow);
    expect(own()).toEqual([]);
    await slack.submit(id, ana.userId);
    expect((await sessionOf(devin, ana.devinUserId)).request.prompt).toBe('could fix the login test');
  });

  test('starts from the form that was open with the options that it was filled in with', async () => {
    const { slack, devin } = world();
    const { ana, edit, press } = await offered('could %s fix the login test --title Login');
    await press('open_form');
    const { id } = await settledForm(slack, ana.userId);
    await edit('could %s fix the login test --title Login --link nowhere');
    await slack.submit(id, ana.userId);
    expect((await sessionOf(devin, ana.devinUserId)).request.title).toBe('Login');
  });

  test('opens in a form with the words of its last edit', async () => {
    const { slack } = world();
    const { ana, edit, press } = await offered('could %s fix the login test');
    await edit('could %s fix the logout test');
    await press('open_form');
    expect(slack.renderText((await settledForm(slack, ana.userId)).id)).toContain('fix the logout test');
  });

  test('quotes the message as it is now beside the thread above it', async () => {
    const { slack, devin } = world();
    const { ana, channelId, place } = someoneIn(world());
    const { ts: threadTs } = await slack.speak(ana.userId, channelId, 'the login test fails');
    const bot = `<@${slack.workspace.botUserId}>`;
    const { ts } = await slack.speak(ana.userId, channelId, `could ${bot} fix the old one`, { threadTs });
    const { ts: offer } = await toldTo(world(), place, OFFER);
    await slack.editMessage(ana.userId, { channelId, ts }, `could ${bot} fix the new one`);
    await slack.clickButton(ana.userId, { channelId, ts: offer }, 'start_as_task');
    const { prompt } = (await sessionOf(devin, ana.devinUserId)).request;
    expect(prompt).toContain('the login test fails');
    expect(prompt).not.toContain('the old one');
  });

  test('asks about a token that an edit brings, before it starts', async () => {
    const { ana, place, own, edit, press } = await offered('could %s fix the login test');
    const task = `fix the login test with ghp_${'a1B2'.repeat(9)}`;
    await edit(`could %s ${task}`);
    await press('start_as_task');
    await toldTo(world(), place, 'seems to contain credentials (`ghp_…`)');
    expect(own()).toEqual([]);
    await press('start_with_credential');
    expect((await sessionOf(world().devin, ana.devinUserId)).request.prompt).toBe(`could ${task}`);
  });

  test("starts nothing if an option isn't valid anymore: its author is told by Start", async () => {
    const { place, own, edit, press } = await offered('could %s fix the login test');
    await edit('could %s fix the login test --acu ten');
    await press('start_as_task');
    await toldTo(world(), place, en.command.question.invalidNow);
    expect(own()).toEqual([]);
  });
});

describe('a direct message that may be the answer to a question', () => {
  const world = useWorld(QUICK_THREADS);

  test('is sent to Devin as it was edited', async () => {
    const { slack, devin } = world();
    const { ana } = someoneIn(world());
    const channelId = slack.directMessages(ana.userId);
    await slack.speak(ana.userId, channelId, 'fix the login test');
    const { id } = await sessionOf(devin, ana.devinUserId);
    devin.advance(id, { status: 'running', statusDetail: 'waiting_for_user', message: 'Main or release?' });
    await cardOf(slack, channelId, (text) => text.includes('Needs you'));
    const { ts } = await slack.speak(ana.userId, channelId, 'use main');
    const asked = await slack.waitForMessage(channelId, ({ text }) =>
      text.includes('Is your message the answer?'),
    );
    await slack.editMessage(ana.userId, { channelId, ts }, 'use release');
    await slack.clickButton(ana.userId, { channelId, ts: asked.ts }, 'send_again');
    await devin.waitForSession((one) => one.id === id && one.messages.at(-1)?.message === 'use release');
    expect(sessionsAs(devin, ana.devinUserId)).toHaveLength(1);
  });
});
