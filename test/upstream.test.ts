import { createServer } from 'node:http';
import ky from 'ky';
import { describe, expect, test } from 'vitest';
import { listen, shut } from '../sandbox/loopback.ts';
import { createUpstream, sayingHowLong, tooMany } from '../src/upstream.ts';

const ORIGIN = 'https://other.example';

/** A service, up or down, that counts its calls; and a clock that only the test moves. */
function createSide(options: { perMinute?: Record<string, number> } = {}) {
  const side = { isUp: true, status: 200, calls: 0, nowMs: 0, told: 0 };
  const upstream = createUpstream({
    origin: ORIGIN,
    passedMs: () => side.nowMs,
    refuse: tooMany,
    onDown: () => (side.told += 1),
    ...options,
    fetch: async () => {
      side.calls += 1;
      if (!side.isUp) throw new Error('no connection');
      return Promise.resolve(new Response('{}', { status: side.status }));
    },
  });
  /** The result of each of these calls. */
  const call = async (count: number, path = '/api/method', origin = ORIGIN): Promise<(number | string)[]> => {
    const outcomes: (number | string)[] = [];
    for (let made = 0; made < count; made += 1)
      outcomes.push(
        await upstream.guarded(`${origin}${path}`).then(
          ({ status }) => status,
          () => 'failed',
        ),
      );
    return outcomes;
  };
  return { side, upstream, call };
}

describe('while a service is down', () => {
  test('an hour of ten calls a second makes about one request a minute', async () => {
    const { side, call } = createSide();
    side.isUp = false;
    for (let tick = 0; tick < 36_000; tick += 1) {
      await call(1);
      side.nowMs += 100;
    }
    expect(side.calls).toBeGreaterThan(60);
    expect(side.calls).toBeLessThan(80);
  });

  test('it counts as down until it answers', async () => {
    const { side, upstream, call } = createSide();
    side.isUp = false;
    await call(4);
    expect(upstream.isUp()).toBe(true);
    await call(1);
    expect(upstream.isUp()).toBe(false);
    side.nowMs += 60_000;
    await call(1);
    expect(upstream.isUp()).toBe(false);
    side.isUp = true;
    side.nowMs += 60_000;
    await call(1);
    expect(upstream.isUp()).toBe(true);
  });

  test('one call finds out that it is back, and the others continue', async () => {
    const { side, call } = createSide();
    side.isUp = false;
    expect(await call(6)).toEqual(['failed', 'failed', 'failed', 'failed', 'failed', 429]);
    side.isUp = true;
    side.nowMs += 1000;
    expect(await call(3)).toEqual([200, 200, 200]);
  });

  test('that it is down is told once', async () => {
    const { side, call } = createSide();
    side.isUp = false;
    await call(4);
    expect(side.told).toBe(0);
    for (let minute = 0; minute < 10; minute += 1) {
      await call(3);
      side.nowMs += 60_000;
    }
    expect(side.told).toBe(1);
  });

  test('calls that a person waits for are made anyway, as are calls to other hosts', async () => {
    const { side, upstream, call } = createSide();
    side.isUp = false;
    await call(6);
    const before = side.calls;
    await expect(upstream.observed(`${ORIGIN}/api/views.open`)).rejects.toThrow('no connection');
    expect(await call(1, '/file', 'https://files.example')).toEqual(['failed']);
    expect(side.calls).toBe(before + 2);
  });

  test('failures of other hosts say nothing about it', async () => {
    const { side, upstream, call } = createSide();
    side.isUp = false;
    await call(9, '/file', 'https://files.example');
    for (let count = 0; count < 9; count += 1)
      await expect(upstream.observed('https://files.example/file')).rejects.toThrow('no connection');
    side.isUp = true;
    expect(await call(1)).toEqual([200]);
    expect(side.told).toBe(0);
  });

  test('what it refuses, and failures that are not in a row, say that it is up', async () => {
    const { side, call } = createSide();
    side.status = 429;
    await call(9);
    for (let count = 0; count < 9; count += 1) {
      side.status = 500;
      await call(4);
      side.status = 404;
      await call(1);
    }
    expect(side.told).toBe(0);
    side.status = 500;
    await call(5);
    expect(side.told).toBe(1);
  });

  test('calls that take too long count as failures, and calls that their caller aborts do not', async () => {
    const silent = createServer(() => undefined);
    const { port } = await listen(silent);
    const origin = `http://127.0.0.1:${port}`;
    let told = 0;
    const { guarded } = createUpstream({
      origin,
      fetch,
      refuse: tooMany,
      onDown: () => (told += 1),
    });
    const options = { fetch: guarded, retry: 0 };
    for (let count = 0; count < 5; count += 1) {
      const caller = new AbortController();
      silent.once('request', () => caller.abort(new Error('the app is stopping')));
      await expect(ky(origin, { ...options, signal: caller.signal })).rejects.toThrow('the app is stopping');
    }
    expect(told).toBe(0);
    for (let count = 0; count < 5; count += 1)
      await expect(ky(origin, { ...options, timeout: 20 })).rejects.toThrow('timed out');
    expect(told).toBe(1);
    await shut(silent);
  });
});

test('a method is called no more often than Slack allows', async () => {
  const { side, call } = createSide({ perMinute: { 'conversations.history': 45 } });
  let made = 0;
  for (let second = 0; second < 60; second += 1) {
    const outcomes = await call(20, '/api/conversations.history');
    made += outcomes.filter((outcome) => outcome === 200).length;
    side.nowMs += 1000;
  }
  expect(side.calls).toBe(made);
  expect(made).toBeLessThanOrEqual(90);
  expect(await call(3, '/api/chat.update')).toEqual([200, 200, 200]);
});

test('calls that are not made take nothing from what Slack allows', async () => {
  const { side, call } = createSide({ perMinute: { 'conversations.history': 45 } });
  side.isUp = false;
  await call(5);
  await call(100, '/api/conversations.history');
  side.isUp = true;
  side.nowMs += 1000;
  expect(await call(40, '/api/conversations.history')).not.toContain(429);
});

test.each([
  ['says how long', { 'retry-after': '7' }, '7'],
  ["doesn't say how long", {}, '30'],
  ['says it in words', { 'retry-after': 'soon' }, '30'],
])('a rate limit always says how many seconds to wait: one that %s', async (_what, headers, seconds) => {
  const busy = sayingHowLong(async () => Promise.resolve(new Response('busy', { status: 429, headers })));
  expect((await busy(ORIGIN)).headers.get('retry-after')).toBe(seconds);
});
