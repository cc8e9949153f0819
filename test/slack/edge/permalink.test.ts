import { expect, test } from 'vitest';
import { permalink, readPermalink } from '../../../src/slack/edge/places.ts';

const channelId = 'C1';
const ts = '1700000000.000100';

test('links a message as Slack does, and one in a thread with its thread', () => {
  expect(permalink('https://acme.slack.com/', { channelId, ts, threadTs: null })).toBe(
    'https://acme.slack.com/archives/C1/p1700000000000100',
  );
  expect(permalink('https://acme.slack.com/', { channelId, ts, threadTs: '1699999999.000200' })).toBe(
    'https://acme.slack.com/archives/C1/p1700000000000100?thread_ts=1699999999.000200&cid=C1',
  );
});

test.each([
  ['a message', 'https://acme.slack.com/archives/C1/p1712345678123456', '1712345678.123456'],
  [
    'a reply',
    'https://acme.slack.com/archives/C1/p1712345679000001?thread_ts=1712345678.123456&cid=C1',
    '1712345678.123456',
  ],
])('reads the thread of %s', (_what, address, threadTs) => {
  expect(readPermalink(address)).toEqual({ channelId: 'C1', threadTs });
});

test.each(['', 'no address', 'https://acme.slack.com/archives/C1', 'https://acme.slack.com/team/U1'])(
  'reads nothing from %j',
  (address) => {
    expect(readPermalink(address)).toBeNull();
  },
);
