import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { typeTask } from '../support/asking.ts';
import { cardOf, sessionOf } from '../support/look.ts';
import { someoneIn } from '../support/people.ts';
import { useWorld } from '../support/worlds.ts';

const CREATE = { method: 'POST', path: /\/sessions$/ } as const;
const HOUR_MS = 3_600_000;

/** How much the clocks of Slack and Devin differ from this machine's. Signatures of requests that old are refused. */
describe.each([-HOUR_MS, -100_000, 100_000, HOUR_MS])('with a clock that is off by %i ms', (skewMs) => {
  const now = (): number => Date.now() + skewMs;
  const tagged = useWorld({ transport: 'socket', slack: { now }, devin: { now } });
  const untagged = useWorld({
    transport: 'socket',
    slack: { now },
    devin: { now },
    environment: { REQUEST_TAG: 'off' },
  });

  test.each([
    ['with', tagged],
    ['without', untagged],
  ])('ends a lost answer with one session, and a lost post with one card, %s tags', async (_tags, world) => {
    const { slack, devin } = world();
    devin.fail(CREATE, { afterEffect: true, times: 1 });
    const { ana, channelId } = someoneIn(world());
    slack.fail('chat.postMessage', { status: 500, afterEffect: true, args: { channel: channelId } });
    await typeTask({ slack }, { userId: ana.userId, channelId }, 'at another time');
    const { url } = await sessionOf(devin, ana.devinUserId);
    await cardOf(slack, channelId, (text) => text.includes(url));
    expect(devin.sessions.filter(({ userId }) => userId === ana.devinUserId)).toHaveLength(1);
    expect(slack.messages(channelId).filter(({ botId }) => botId !== null)).toHaveLength(1);
  });
});

describe.each([-2 * HOUR_MS, 2 * HOUR_MS])(
  "with a clock that differs from the database's by %i ms",
  (skewMs) => {
    beforeAll(() => {
      vi.useFakeTimers({ toFake: ['Date'] });
      vi.setSystemTime(Date.now() + skewMs);
    });
    afterAll(() => void vi.useRealTimers());
    const world = useWorld();

    test('waits for a busy Devin no longer than it asks', async () => {
      const { slack, devin } = world();
      devin.fail(CREATE, { status: 429, retryAfter: 1, times: 1 });
      const { ana, channelId } = someoneIn(world());
      await typeTask({ slack }, { userId: ana.userId, channelId }, 'wait your turn');
      const { url } = await sessionOf(devin, ana.devinUserId);
      await cardOf(slack, channelId, (text) => text.includes(url));
    });
  },
);
