import { createServer } from 'node:http';
import { WebClient } from '@slack/web-api';
import { expect, onTestFinished, test } from 'vitest';
import { createLocalSlack } from '../../../sandbox/slack/index.ts';
import { createThreadReader } from '../../../src/slack/edge/context.ts';
import { createPeople, namesIn } from '../../../src/slack/edge/people.ts';
import { listenInTest } from '../../support/listen.ts';

const nobody = {
  since: async () => Promise.resolve(null),
  remember: async () => Promise.resolve(),
};

async function open() {
  const slack = await createLocalSlack({ rateLimits: 'off' });
  onTestFinished(async () => slack.close());
  const { botToken, teamId } = slack.workspace;
  const client = new WebClient(botToken, {
    slackApiUrl: slack.apiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
  });
  const people = createPeople({ client, teamId: () => teamId, knownPeople: nobody, now: Date.now });
  const reader = createThreadReader({
    client,
    people,
    presence: async () => Promise.resolve('in'),
    permalink: () => null,
    botUserId: () => slack.workspace.botUserId,
  });
  return { slack, people, reader };
}

test('at most 30 people are looked up for one text, and the others keep their ids', async () => {
  const { slack, people } = await open();
  const ids = Array.from({ length: 40 }, (_, index) => slack.addUser({ name: `person-${index}` }));
  const text = ids.map((id) => `<@${id}> <@${id}>`).join(' ');
  const named = (await namesIn([text], people))(text);
  expect(slack.calls.filter(({ method }) => method === 'users.info')).toHaveLength(30);
  expect(named).toContain('@person-29 @person-29');
  expect(named).toContain(`@${ids[30]} @${ids[30]}`);
});

test('of many authors 200 are looked up, and the author of the picked message is among them', async () => {
  const { slack, reader } = await open();
  const written = Array.from({ length: 300 }, (_, at) => {
    const userId = slack.addUser({ name: `author-${at}` });
    return {
      ts: `${at + 1}.000000`,
      threadTs: '1.000000',
      userId,
      appName: null,
      text: 'So it is',
      files: [],
    };
  });
  const last = written.at(-1);
  if (last === undefined) throw new Error('nobody wrote');
  const context = { channelId: 'C1', channelName: 'dev', picked: last, choice: 'thread' as const };
  const { messages } = await reader.quote(context, written);
  expect(slack.calls.filter(({ method }) => method === 'users.info')).toHaveLength(200);
  expect(messages.at(-1)).toMatchObject({ author: 'author-299', authorKind: 'member' });
  expect(messages.at(-2)).toMatchObject({ author: written.at(-2)?.userId, authorKind: 'unknown' });
});

test('a thread is what people and apps wrote in it, without asides and what this app posted', async () => {
  const { people } = await open();
  const written = { user: 'U1', thread_ts: '1.000000' };
  const messages = [
    { ...written, ts: '1.000000', text: 'It is slow' },
    { ...written, ts: '2.000000', text: '<@U2> has joined the channel', subtype: 'channel_join' },
    { ...written, ts: '3.000000', text: 'This message was deleted.', subtype: 'tombstone' },
    { ...written, ts: '4.000000', text: 'A card', user: 'UBOT' },
    { ...written, ts: '5.000000', text: '(aside) not for Devin' },
    { ...written, ts: '6.000000', text: 'An alert', subtype: 'bot_message', user: undefined, bot_id: 'B1' },
    { ...written, ts: '7.000000', text: 'On main, too' },
  ];
  const origin = await listenInTest(
    createServer((_request, response) => {
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ ok: true, messages }));
    }),
  );
  const reader = createThreadReader({
    client: new WebClient('xoxb-1', { slackApiUrl: `${origin}/` }),
    people,
    presence: async () => Promise.resolve('in'),
    permalink: () => null,
    botUserId: () => 'UBOT',
  });
  const picked = { ts: '1.000000', threadTs: '1.000000', userId: 'U1', appName: null, text: '', files: [] };
  const context = { channelId: 'C1', channelName: 'dev', picked, choice: 'thread' as const };
  const read = await reader.read(context, 'U1');
  expect(read?.map(({ text }) => text)).toEqual(['It is slow', 'An alert', 'On main, too']);
  const unlisted = { ...picked, ts: '6.500000', text: 'Not listed' };
  const readAround = await reader.read({ ...context, picked: unlisted }, 'U1');
  expect(readAround?.map(({ text }) => text)).toEqual([
    'It is slow',
    'An alert',
    'Not listed',
    'On main, too',
  ]);
  // An aside that a person picks is meant for Devin.
  const aside = { ...picked, ts: '5.000000' };
  const readFromAside = await reader.read({ ...context, picked: aside }, 'U1');
  expect(readFromAside?.map(({ ts }) => ts)).toContain('5.000000');
});
