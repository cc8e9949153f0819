import { describe, expect, test } from 'vitest';
import {
  cardMark,
  findPosted,
  fullCardMark,
  readBlockMetadata,
  readOwner,
  readPosted,
} from '../../../src/slack/edge/metadata.ts';
import { clientOf, startSlack } from '../../sandbox/slack/harness.ts';

const CARD = fullCardMark({
  id: 'r1',
  userId: 'U1',
  draft: { values: { repos: ['acme/web', 'acme/api'], max_acu_limit: 10 } },
});

const { blockId } = CARD;
const SENT = { metadata: CARD.metadata, blocks: [{ type: 'divider', block_id: blockId }] };

describe("finding the app's own messages", () => {
  test('reads a thread of a thousand messages to its end, and in it only what the app wrote', async () => {
    const slack = await startSlack();
    const client = clientOf(slack);
    const threadTs = slack.say('U1', 'C1', 'a root');
    for (let said = 0; said < 1000; said += 1) slack.say('U2', 'C1', 'a reply', { threadTs });
    const card = { channel: 'C1', thread_ts: threadTs, text: 'last', ...SENT };
    const { ts } = await client.chat.postMessage(card);
    const read = async (botUserId: string) =>
      readPosted({ client, botUserId: () => botUserId }, { channelId: 'C1', threadTs }, 0);
    const metadata = {
      kind: 'card',
      requestId: 'r1',
      requester: 'U1',
      repos: ['acme/web', 'acme/api'],
      acuLimit: 10,
    };
    expect(await read(slack.workspace.botUserId)).toEqual([{ ts, text: 'last', metadata }]);
    expect(await read('U0ANOTHER')).toEqual([]);
  });

  test('looks only around the attempts, so that it finds a message among thousands', async () => {
    let nowMs = Date.now();
    const slack = await startSlack({ now: () => nowMs, rateLimits: 'off' });
    const client = clientOf(slack);
    const threadTs = slack.say('U1', 'C1', 'a root');
    const talk = (): void => {
      for (let said = 0; said < 2100; said += 1) slack.say('U2', 'C1', 'a reply', { threadTs });
      nowMs += 3_600_000;
    };
    talk();
    const card = { channel: 'C1', thread_ts: threadTs, text: 'card', ...SENT };
    const { ts = '' } = await client.chat.postMessage(card);
    nowMs += 3_600_000;
    talk();
    const sought = { blockId, first: ts, last: ts };
    const place = { channelId: 'C1', threadTs };
    expect(await findPosted(client, place, sought)).toBe(ts);
    expect(await findPosted(client, place, { ...sought, blockId: cardMark('r2').blockId })).toBeNull();
    // A page for each.
    expect(slack.calls.filter(({ method }) => method === 'conversations.replies')).toHaveLength(2);
  });
});

describe('the metadata of a message', () => {
  test.each(['constructor x', 'toString', '__proto__', 'devin_session r1 r2'])(
    'is not read from a similar block: %s',
    (blockId) => {
      expect(readBlockMetadata({ blocks: [{ block_id: blockId }] })).toBeNull();
    },
  );

  test.each([undefined, { event_type: 'task', event_payload: {} }, { event_payload: { acu_limit: 'x' } }])(
    'is not read from other apps: %j',
    (metadata) => {
      expect(readOwner(metadata)).toEqual({ requester: null, repos: [], acuLimit: null });
    },
  );
});
