import { createServer } from 'node:http';
import { WebClient } from '@slack/web-api';
import { expect, onTestFinished, test } from 'vitest';
import { createLocalSlack, type LocalSlackOptions } from '../../../sandbox/slack/index.ts';
import { createConversations } from '../../../src/slack/edge/places.ts';
import { listenInTest } from '../../support/listen.ts';

async function open(options: LocalSlackOptions = {}) {
  const slack = await createLocalSlack(options);
  onTestFinished(async () => slack.close());
  const { botToken } = slack.workspace;
  const client = new WebClient(botToken, { slackApiUrl: slack.apiUrl, retryConfig: { retries: 0 } });
  const directChannel = async (userId: string) => Promise.resolve(slack.directMessages(userId));
  return { slack, ...createConversations({ client, directChannel, now: Date.now }) };
}

test('a member of a large private channel is found on a later page', async () => {
  const { slack, presence } = await open();
  const members = Array.from({ length: 1200 }, (_none, at) => slack.addUser({ name: `person${at}` }));
  const channelId = slack.addChannel({ name: 'all', members, isPrivate: true });
  expect(await presence({ channelId, userId: members.at(-1) ?? '' })).toBe('in');
  expect(await presence({ channelId, userId: slack.addUser({ name: 'eve' }) })).toBe('out');
});

test('a person counts as outside a private channel if Slack refuses to list its members', async () => {
  const { slack, presence } = await open();
  const userId = slack.addUser({ name: 'ana' });
  const channelId = slack.addChannel({ name: 'closed', members: [userId], isPrivate: true });
  slack.fail('conversations.members', { error: 'missing_scope' });
  expect(await presence({ channelId, userId })).toBe('out');
});

test("another person's direct messages are unseen", async () => {
  const { slack, presence } = await open();
  const [ana, eve] = [slack.addUser({ name: 'ana' }), slack.addUser({ name: 'eve' })];
  const channelId = slack.directMessages(ana);
  expect(await presence({ channelId, userId: ana })).toBe('in');
  expect(await presence({ channelId, userId: eve })).toBe('unseen');
});

test.each([
  ['a channel', { is_channel: true }, 'in'],
  ['a private channel', { is_channel: true, is_private: true }, 'out'],
  ['what may be private', {}, 'out'],
])('tells from a short description who may read %s', async (_name, described, expected) => {
  const origin = await listenInTest(
    createServer(({ url = '' }, response) => {
      const answer = url.endsWith('members') ? { members: ['U2'] } : { channel: { id: 'C1', ...described } };
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ ok: true, ...answer }));
    }),
  );
  const client = new WebClient('xoxb-1', { slackApiUrl: `${origin}/` });
  const { presence } = createConversations({
    client,
    directChannel: async () => Promise.resolve(null),
    now: Date.now,
  });
  expect(await presence({ channelId: 'C1', userId: 'U1' })).toBe(expected);
});
