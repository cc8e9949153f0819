import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { createHealthPages, createReadiness, type Readiness } from '../src/health.ts';

test('a hanging database gets one ping at a time, and no request waits for it', async () => {
  let pings = 0;
  let answer = (): void => undefined;
  const readiness = createReadiness({
    database: {
      ping: async () => {
        pings += 1;
        return new Promise((resolve) => (answer = resolve));
      },
    },
    queue: { healthy: () => true },
    slack: { bolt: { connected: () => true } },
  });
  const hung = { database: false, queue: true, slack: true };
  expect(await Promise.all([readiness(), readiness()])).toEqual([hung, hung]);
  expect(await readiness()).toEqual(hung);
  expect(pings).toBe(1);
  answer();
  await Promise.resolve();
  const recovered = readiness();
  answer();
  expect(await recovered).toEqual({ ...hung, database: true });
});

const PARTS = [
  ['all of it works', {}],
  ["the database doesn't answer", { database: false }],
  ['the queue failed', { queue: false }],
  ["Slack's socket is closed", { slack: false }],
] as const;

test.each(PARTS)('/readyz says whether %s', async (_what, changes) => {
  const works: Readiness = { database: true, queue: true, slack: true, ...changes };
  const readiness = createReadiness({
    database: { ping: async () => (works.database ? Promise.resolve() : Promise.reject(new Error('no'))) },
    queue: { healthy: () => works.queue },
    slack: { bolt: { connected: () => works.slack } },
  });
  const { '/readyz': page } = createHealthPages({
    readiness,
    metrics: {
      contentType: 'text/plain; version=0.0.4; charset=utf-8',
      text: async () => Promise.resolve(''),
    },
    metricsToken: null,
  });
  const { status, body } = (await page?.(new IncomingMessage(new Socket()))) ?? { status: 0, body: '{}' };
  expect(JSON.parse(body)).toEqual(works);
  expect(status).toBe(Object.keys(changes).length === 0 ? 200 : 503);
});

test('/metrics is read once for all who ask at the same time', async () => {
  const { promise: text, resolve } = Promise.withResolvers<string>();
  let reads = 0;
  const { '/metrics': page } = createHealthPages({
    readiness: async () => Promise.reject(new Error('not asked')),
    metrics: {
      contentType: 'text/plain; version=0.0.4; charset=utf-8',
      text: async () => ((reads += 1), text),
    },
    metricsToken: 'token',
  });
  const request = new IncomingMessage(new Socket());
  request.headers.authorization = 'Bearer token';
  const asked = Array.from({ length: 3 }, async () => page?.(request));
  resolve('numbers');
  expect((await Promise.all(asked)).map((one) => one?.body)).toEqual(['numbers', 'numbers', 'numbers']);
  expect(reads).toBe(1);
  await page?.(request);
  expect(reads).toBe(2);
});
