import { describe, expect, test } from 'vitest';
import {
  fullCardMetadata,
  milestoneMetadata,
  readBlockMetadata,
  readMetadata,
} from '../../../src/slack/edge/metadata.ts';
import { createMetadataReader } from '../../../src/slack/edge/posted-messages.ts';
import { clientOf, startSlack } from '../../sandbox/slack/harness.ts';

const CARD = fullCardMetadata({
  id: 'r1',
  userId: 'U1',
  draft: { values: { repos: ['acme/web', 'acme/api'], max_acu_limit: 10 } },
});
const AT_ANY_TIME = { fromS: 0, toS: null };
const CHANNEL = { channelId: 'C1', threadTs: null };

describe("finding the app's own messages", () => {
  test('reads a card with what is needed to continue, and its threads', async () => {
    const slack = await startSlack();
    const client = clientOf(slack);
    const { ts = '' } = await client.chat.postMessage({ channel: 'C1', text: 'card', metadata: CARD });
    const root = slack.say('U1', 'C1', 'no card');
    slack.say('U2', 'C1', 'a reply', { threadTs: root });
    const reader = createMetadataReader({ client, botUserId: () => slack.workspace.botUserId });
    const { messages, threads } = await reader.read(CHANNEL, AT_ANY_TIME);
    const metadata = {
      kind: 'card',
      requestId: 'r1',
      requester: 'U1',
      repos: ['acme/web', 'acme/api'],
      acuLimit: 10,
    };
    expect(messages).toEqual([{ ts, threadTs: null, text: 'card', metadata }]);
    expect(threads.map((thread) => thread.ts)).toEqual([root]);
  });

  test('reads a thread of a thousand messages to its end', async () => {
    const slack = await startSlack();
    const client = clientOf(slack);
    const threadTs = slack.say('U1', 'C1', 'a root');
    for (let said = 0; said < 1000; said += 1) slack.say('U2', 'C1', 'a reply', { threadTs });
    await client.chat.postMessage({ channel: 'C1', thread_ts: threadTs, text: 'last', metadata: CARD });
    const reader = createMetadataReader({ client, botUserId: () => slack.workspace.botUserId });
    const { messages } = await reader.read({ channelId: 'C1', threadTs }, AT_ANY_TIME);
    expect(messages.map(({ text }) => text)).toEqual(['last']);
  });

  test("ignores others' messages, whatever metadata they have", async () => {
    const slack = await startSlack();
    const client = clientOf(slack);
    await client.chat.postMessage({ channel: 'C1', text: 'card', metadata: CARD });
    const reader = createMetadataReader({ client, botUserId: () => 'U0ANOTHER' });
    expect((await reader.read(CHANNEL, AT_ANY_TIME)).messages).toEqual([]);
  });
});

describe('the metadata of a message', () => {
  test.each(['constructor x', 'toString', '__proto__', 'devin_session'])(
    'is not read from a similar block: %s',
    (blockId) => {
      expect(readBlockMetadata([{ block_id: blockId }])).toBeNull();
    },
  );

  test('of a milestone is read back', () => {
    expect(readMetadata(milestoneMetadata('s1', 'pr:https://a/1'))).toEqual({
      kind: 'milestone',
      sessionId: 's1',
      key: 'pr:https://a/1',
    });
  });

  test('of an older card has only the request', () => {
    const old = { event_type: 'devin_session', event_payload: { request_id: 'r1' } };
    expect(readMetadata(old)).toEqual({
      kind: 'card',
      requestId: 'r1',
      requester: null,
      repos: [],
      acuLimit: null,
    });
  });

  test.each([undefined, { event_type: 'task', event_payload: {} }, { event_type: 'devin_session' }])(
    'is not read from other apps: %j',
    (metadata) => {
      expect(readMetadata(metadata)).toBeNull();
    },
  );
});
