import { WebAPIRateLimitedError } from '@slack/web-api';
import { describe, expect, test } from 'vitest';
import { clientOf, postAs, startSlack } from './harness.ts';

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;

/** A local Slack whose clock moves only by hand. */
async function startWithClock() {
  let now = Date.now();
  const slack = await startSlack({ now: () => now });
  const pass = (ms: number): void => {
    now += ms;
  };
  return { slack, client: clientOf(slack), pass };
}

/** How many calls in a row succeed before the first 429, and how long that says to wait. */
async function untilLimited(call: () => Promise<unknown>): Promise<{ answered: number; waitS: number }> {
  for (let answered = 0; ; answered += 1) {
    try {
      await call();
    } catch (error) {
      if (error instanceof WebAPIRateLimitedError) return { answered, waitS: error.retryAfter };
      throw error;
    }
  }
}

describe('rate limits', () => {
  test.each([
    ['apps.connections.open', 10, 60],
    ['reactions.remove', 20, 3],
    ['chat.update', 50, 2],
    ['users.info', 100, 1],
  ])('of %s allow a burst of %i, then one every %i s', async (method, burst, waitS) => {
    const { slack, pass } = await startWithClock();
    const isForApp = method === 'apps.connections.open';
    const client = clientOf(slack, isForApp ? slack.workspace.appToken : slack.workspace.botToken);
    const call = async () =>
      client.apiCall(method, { user: 'U1' }).catch((error: unknown) => {
        if (error instanceof WebAPIRateLimitedError) throw error;
      });
    expect(await untilLimited(call)).toEqual({ answered: burst, waitS });
    pass(waitS * SECOND_MS);
    expect(await untilLimited(call)).toMatchObject({ answered: 1 });
    pass(10 * burst * MINUTE_MS);
    expect(await untilLimited(call)).toMatchObject({ answered: burst });
  });

  test('of messages allow one a second in each channel, with short bursts', async () => {
    const { slack, client, pass } = await startWithClock();
    slack.addChannel({ id: 'C2', name: 'random', members: ['U1'] });
    const post = async (channel: string) => postAs(client, { channel, text: 'x' });
    expect(await untilLimited(async () => post('C1'))).toEqual({ answered: 10, waitS: 1 });
    await post('C2');
    pass(3 * SECOND_MS);
    expect(await untilLimited(async () => post('C1'))).toEqual({ answered: 3, waitS: 1 });
    expect(slack.messages('C1')).toHaveLength(13);
  });

  test('of messages apply to the whole workspace, too', async () => {
    const { slack, client } = await startWithClock();
    const channels = Array.from({ length: 40 }, (_, at) =>
      slack.addChannel({ name: `c${at}`, members: ['U1'] }),
    );
    let turn = 0;
    const post = async () => {
      turn += 1;
      return postAs(client, { channel: channels[turn % channels.length] ?? '', text: 'x' });
    };
    expect(await untilLimited(post)).toMatchObject({ answered: 300 });
  });

  test("of one method don't affect others, and aren't a problem", async () => {
    const { slack, client } = await startWithClock();
    const ts = await postAs(client, { text: 'card' });
    await untilLimited(async () => client.chat.update({ channel: 'C1', ts, text: 'x' }));
    await client.users.info({ user: 'U1' });
    expect(slack.calls.at(-2)).toMatchObject({ method: 'chat.update', error: 'ratelimited' });
    expect(slack.problems).toEqual([]);
  });

  test('answer 429 with Retry-After and a body, and nothing happens', async () => {
    const { slack, client } = await startWithClock();
    await untilLimited(async () => postAs(client, { text: 'x' }));
    const response = await fetch(`${slack.apiUrl}chat.postMessage`, {
      method: 'POST',
      headers: { authorization: `Bearer ${slack.workspace.botToken}` },
      body: new URLSearchParams({ channel: 'C1', text: 'one too many' }),
    });
    expect(response.status).toBe(429);
    expect(response.headers.get('retry-after')).toBe('1');
    expect(await response.json()).toEqual({ ok: false, error: 'ratelimited' });
    expect(slack.messages('C1').map(({ text }) => text)).not.toContain('one too many');
  });
});
