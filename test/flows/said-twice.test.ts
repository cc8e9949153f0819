import { describe, expect, test } from 'vitest';
import { en } from '../../src/text/en.ts';
import { startSession, toldTo } from '../support/asking.ts';
import { cardOf, sessionOf } from '../support/look.ts';
import { someoneIn } from '../support/people.ts';
import { useWorld } from '../support/worlds.ts';

const { title: TITLE } = en.notices.running;

describe('a message that asks for what its author asked for a moment ago', () => {
  const world = useWorld();

  test('starts nothing if both come at once in a thread', async () => {
    const { slack, devin } = world();
    const { ana, channelId, own } = someoneIn(world());
    const { ts: threadTs } = await slack.speak(ana.userId, channelId, 'the login test fails');
    const words = `<@${slack.workspace.botUserId}> fix this failing test`;
    const speak = async () => slack.speak(ana.userId, channelId, words, { threadTs });
    await Promise.all([speak(), speak()]);
    const { url } = await sessionOf(devin, ana.devinUserId);
    await cardOf(slack, channelId, (text) => text.includes(url));
    // Saved before the second arrived, the first is what that one replies to; otherwise its author is asked.
    await expect
      .poll(() =>
        slack
          .messages(channelId)
          .some(({ text, reactions }) => text.includes(TITLE) || reactions.has('white_check_mark')),
      )
      .toBe(true);
    await slack.command(ana.userId, channelId, 'write the docs');
    await devin.waitForSession(({ request }) => request.prompt === 'write the docs');
    expect(own()).toHaveLength(2);
  });

  test('asks first if it forwards the same message', async () => {
    const { slack, devin } = world();
    const { ana, own } = someoneIn(world());
    const channelId = slack.directMessages(ana.userId);
    const forward = async (text: string) =>
      slack.speak(ana.userId, channelId, 'please fix this bug', { attachments: [{ is_share: true, text }] });
    await forward('checkout crashes');
    await sessionOf(devin, ana.devinUserId);
    await forward('checkout crashes');
    await slack.waitForMessage(channelId, ({ text }) => text.includes(TITLE));
    expect(own()).toHaveLength(1);
    await forward('login crashes');
    await devin.waitForSession(({ request }) => request.prompt.includes('login crashes'));
  });

  test('asks first if it asks for another session in a thread, however often Slack delivers it', async () => {
    const { slack, devin } = world();
    const { ana, channelId, card } = await startSession(world());
    const place = { channelId, userId: ana.userId };
    const speak = async (words: string) => slack.speak(ana.userId, channelId, words, { threadTs: card.ts });
    await speak('!new write the docs');
    const { url } = await devin.waitForSession(
      ({ userId, request }) => userId === ana.devinUserId && request.prompt.startsWith('write the docs'),
    );
    await cardOf(slack, channelId, (text) => text.includes(url));
    const { deliveries } = await speak('！new  write the docs');
    const told = await toldTo(world(), place, TITLE);
    for (const delivery of deliveries) await slack.redeliver(delivery);
    const own = () => devin.sessions.filter(({ userId }) => userId === ana.devinUserId);
    expect(own()).toHaveLength(2);
    await slack.clickButton(ana.userId, { channelId, ts: told.ts }, 'start_as_task');
    await devin.waitForSession(() => own().length === 3);
    expect(own().at(-1)?.request.prompt).toMatch(/^write the docs\n/);
  });

  test('starts another session if the first one is over', async () => {
    const { slack, devin } = world();
    const { ana, channelId, session, showing } = await startSession(world(), { text: 'fix the cache' });
    devin.advance(session.id, { status: 'exit' });
    await showing('Ended');
    const { message } = await slack.command(ana.userId, channelId, 'fix the cache');
    expect(message).toBeNull();
    await devin.waitForSession(({ id, userId }) => userId === ana.devinUserId && id !== session.id);
  });
});

describe('a question that Slack does not take', () => {
  const world = useWorld({ slack: { redeliverAfterMs: [100, 100] } });

  test('about another session in a thread comes once Slack delivers the message again', async () => {
    const { slack, devin } = world();
    const { ana, channelId, card } = await startSession(world());
    const place = { channelId, userId: ana.userId };
    const own = () => devin.sessions.filter(({ userId }) => userId === ana.devinUserId);
    const speak = async (words: string) => slack.speak(ana.userId, channelId, words, { threadTs: card.ts });
    await speak('!new write the docs');
    await devin.waitForSession(() => own().length === 2);
    slack.fail('chat.postEphemeral', { retryAfter: 1, args: { channel: channelId } });
    slack.fail('conversations.open', { retryAfter: 1, args: { users: ana.userId } });
    await speak('！new write the docs');
    const told = await toldTo(world(), place, en.command.question.task);
    await slack.clickButton(ana.userId, { channelId, ts: told.ts }, 'start_as_task');
    await devin.waitForSession(() => own().length === 3);
  });
});
