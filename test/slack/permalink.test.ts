import { expect, test } from 'vitest';
import { permalink } from '../../src/slack/permalink.ts';

const channelId = 'C1';
const ts = '1700000000.000100';

test('names a message as Slack does, and one in a thread with its thread', () => {
  expect(permalink('https://acme.slack.com/', { channelId, ts, threadTs: null })).toBe(
    'https://acme.slack.com/archives/C1/p1700000000000100',
  );
  expect(permalink('https://acme.slack.com/', { channelId, ts, threadTs: '1699999999.000200' })).toBe(
    'https://acme.slack.com/archives/C1/p1700000000000100?thread_ts=1699999999.000200&cid=C1',
  );
});
