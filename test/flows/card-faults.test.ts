import { describe, expect, test } from 'vitest';
import { typeTask } from '../support/asking.ts';
import { cardOf, sessionOf } from '../support/look.ts';
import { addColleague } from '../support/people.ts';
import { QUICK_THREADS } from '../support/quick.ts';
import { useWorld } from '../support/worlds.ts';

describe('when Slack fails', () => {
  const world = useWorld(QUICK_THREADS);
  const setUp = (options = {}) => {
    const { slack } = world();
    const ana = addColleague(world());
    const channelId = slack.addChannel({ name: `cards-${ana.name}`, members: [ana.userId], ...options });
    const ask = async (text: string) => typeTask({ slack }, { userId: ana.userId, channelId }, text);
    return { ana, channelId, args: { channel: channelId }, ask };
  };

  test.each([
    ['was posted and its answer lost', { afterEffect: true }],
    ['was not posted and the connection cut', {}],
    ['met a server error', { status: 500 }],
    ['was posted behind a server error', { status: 500, afterEffect: true }],
    ['met the rate limit', { retryAfter: 1 }],
    ['was posted behind an internal error', { error: 'internal_error', afterEffect: true }],
    ['met an internal error', { error: 'fatal_error' }],
    ['met the rate limit in an answer of 200', { error: 'ratelimited' }],
  ])('shows one card when it %s', async (_what, fault) => {
    const { slack, devin } = world();
    const { ana, channelId, args, ask } = setUp();
    slack.fail('chat.postMessage', { ...fault, args });
    await ask('one card please');
    const session = await sessionOf(devin, ana.devinUserId);
    await cardOf(slack, channelId, (text) => text.includes(session.url));
    expect(slack.messages(channelId)).toHaveLength(1);
    expect(devin.sessions.filter(({ userId }) => userId === ana.devinUserId)).toHaveLength(1);
  });

  test("sends no second card by direct message if a proxy's page stands in for Slack's answer", async () => {
    const { slack, devin } = world();
    const { ana, channelId, args, ask } = setUp();
    // Slack's client takes the body for the code of the error.
    slack.fail('chat.postMessage', { error: '<html>Slow</html>', afterEffect: true, args });
    await ask('one card behind a proxy');
    const session = await sessionOf(devin, ana.devinUserId);
    devin.advance(session.id, { status: 'running' });
    await cardOf(slack, channelId, (text) => text.includes('Working'));
    expect(slack.messages(slack.directMessages(ana.userId))).toEqual([]);
  });

  test('shows one card if many people wrote before the app searched for it', async () => {
    const { slack, devin } = world();
    const { ana, channelId, args, ask } = setUp();
    slack.fail('chat.postMessage', { afterEffect: true, args });
    await ask('one card in the crowd');
    await slack.waitForMessage(channelId, ({ userId }) => userId !== ana.userId);
    for (let count = 0; count < 210; count += 1) slack.say(ana.userId, channelId, `word ${count}`);
    const session = await sessionOf(devin, ana.devinUserId);
    await cardOf(slack, channelId, (text) => text.includes(session.url));
    expect(slack.messages(channelId).filter(({ userId }) => userId !== ana.userId)).toHaveLength(1);
  });

  test('edits the card later if an edit fails', async () => {
    const { slack, devin } = world();
    const { ana, channelId, args, ask } = setUp();
    slack.fail('chat.update', { times: 2, status: 503, args });
    await ask('edit me later');
    const session = await sessionOf(devin, ana.devinUserId);
    await cardOf(slack, channelId, (text) => text.includes(session.url));
  });

  test('sends a direct message if the channel is archived', async () => {
    const { slack, devin } = world();
    const { ana, ask } = setUp({ isArchived: true });
    await ask('say that the channel is closed');
    const session = await sessionOf(devin, ana.devinUserId);
    await cardOf(slack, slack.directMessages(ana.userId), (text) => text.includes(session.url));
  });

  test('gives the person the URL privately if Slack refuses the card in the channel and in direct messages', async () => {
    const { slack, devin } = world();
    const { ana, channelId, ask } = setUp({ isArchived: true });
    slack.fail('conversations.open', { error: 'user_disabled', args: { users: ana.userId } });
    await ask('nowhere to go');
    const session = await sessionOf(devin, ana.devinUserId);
    await slack.waitForMessage(
      channelId,
      ({ ephemeralFor, text }) => ephemeralFor === ana.userId && text.includes(session.url),
    );
  });

  test('gives the person the URL once, however often the session changes, and tries again each time', async () => {
    const { slack, devin } = world();
    const { ana, channelId, ask } = setUp({ isArchived: true });
    const args = { users: ana.userId };
    const refused = slack.fail('conversations.open', { error: 'user_disabled', times: Infinity, args });
    const tries = () =>
      slack.calls.filter(
        ({ method, args }) => method === 'conversations.open' && args['users'] === ana.userId,
      );
    await ask('nowhere to change');
    const session = await sessionOf(devin, ana.devinUserId);
    const told = () => slack.messages(channelId).filter(({ text }) => text.includes(session.url));
    await slack.waitFor(() => told().length === 1);
    const before = tries().length;
    devin.advance(session.id, {
      status: 'running',
      pullRequest: { url: 'https://github.com/acme/web/pull/9', state: 'open' },
    });
    await slack.waitFor(() => tries().length > before);
    refused.clear();
    devin.advance(session.id, { status: 'running', statusDetail: 'finished' });
    await cardOf(slack, slack.directMessages(ana.userId), (text) => text.includes('Finished'));
    expect(told()).toHaveLength(1);
  });

  test('gives the person the URL while Slack refuses the token, and posts the card in the channel afterwards', async () => {
    const { slack, devin } = world();
    const { ana, channelId, args, ask } = setUp();
    slack.fail('chat.postMessage', { error: 'token_revoked', times: 2, args });
    await ask('start without a token');
    const session = await sessionOf(devin, ana.devinUserId);
    const told = await slack.waitForMessage(
      channelId,
      (message) => message.ephemeralFor === ana.userId && slack.renderText(message).includes(session.url),
    );
    await cardOf(slack, channelId, (text) => text.includes(session.url));
    const notices = slack.messages(channelId).filter((message) => message.ephemeralFor === ana.userId);
    expect(notices).toEqual([told]);
    expect(slack.messages(slack.directMessages(ana.userId))).toEqual([]);
  });

  test('escapes what people write: no mention and no link', async () => {
    const { slack, devin } = world();
    const { ana, channelId, ask } = setUp();
    await ask('say <!channel> & *shout* --title "<!here> & co"');
    const session = await sessionOf(devin, ana.devinUserId);
    const card = await cardOf(slack, channelId, (text) => text.includes(session.url));
    // Plain text, such as a button's label, pings nobody: only what Slack reads as mrkdwn counts.
    const mrkdwn = JSON.stringify(card.blocks).matchAll(/"type":"mrkdwn","text":"((?:[^"\\\\]|\\\\.)*)"/g);
    for (const text of [card.text, ...[...mrkdwn].map(([, text]) => text)])
      expect(text).not.toMatch(/<!(?:channel|here)/);
    expect(slack.problems).toEqual([]);
  });
});
