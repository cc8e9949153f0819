import { expect, test } from 'vitest';
import { createGreeter } from '../../src/home/greet-channel.ts';
import { createLog } from '../../src/log.ts';
import type { Posted } from '../../src/slack/outbound.ts';
import { en } from '../../src/text/en.ts';
import { heldLease } from '../support/lease.ts';

const CHANNEL = { teamId: 'T1', channelId: 'C1' };

/** What a greeter does if Slack answers like this. */
async function greet(answer: Posted, { isDue = true, isBusy = false } = {}): Promise<string[]> {
  const did: string[] = [];
  const greeter = createGreeter({
    greetings: {
      isDue: async () => Promise.resolve(isDue),
      greeted: async ({ channelId }) => void (await Promise.resolve(did.push(`greeted ${channelId}`))),
    },
    withLease: async (_name, work) =>
      isBusy ? { kind: 'busy' } : { kind: 'done', result: await work(heldLease) },
    postOnce: async ({ place, render }) => {
      did.push(`post ${place.channelId} ${place.threadTs}`);
      await render();
      return answer.kind === 'posted' ? { ...answer, earlier: false } : answer;
    },
    command: '/devin',
    text: en,
    log: createLog('silent'),
  });
  const againInMs = await greeter(CHANNEL).catch(() => 'failed' as const);
  if (againInMs === 'failed') return [...did, againInMs];
  return againInMs === null ? did : [...did, `again after ${againInMs} ms`];
}

test.each<[string, Posted, string[]]>([
  ['once', { kind: 'posted', ts: '1.1' }, ['greeted C1']],
  ['again when Slack takes it', { kind: 'rate-limited', retryAfterMs: 7000 }, ['again after 7000 ms']],
  ['when it is invited again, if Slack refuses', { kind: 'refused', code: 'is_archived' }, []],
  ['by the queue, if Slack does not say', { kind: 'unclear' }, ['failed']],
])('a channel is greeted %s', async (_when, answer, then) => {
  expect(await greet(answer)).toEqual(['post C1 null', ...then]);
});

test('a channel that was greeted is left alone, and one that another process greets is looked at later', async () => {
  expect(await greet({ kind: 'unclear' }, { isDue: false })).toEqual([]);
  expect(await greet({ kind: 'unclear' }, { isBusy: true })).toEqual(['again after 1000 ms']);
});
