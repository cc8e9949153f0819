import { expect, test } from 'vitest';
import { createSession, open } from './caller.ts';

const CREATE = { method: 'POST', path: '/sessions' };
const body = { prompt: 'Fix it' };

test('fails as often as planned, then works', async () => {
  const { devin, call } = await open();
  const fault = devin.fail(CREATE, { status: 503, times: 2 });
  expect((await call('POST', '~/sessions', { body })).status).toBe(503);
  expect(fault.remaining()).toBe(1);
  expect((await call('POST', '~/sessions', { body })).status).toBe(503);
  expect((await call('POST', '~/sessions', { body })).status).toBe(200);
  expect(devin.createdCount()).toBe(1);
});

test('leaves other calls alone and stops when cleared', async () => {
  const { devin, call } = await open();
  const fault = devin.fail({ method: 'GET', path: /\/sessions\/devin-/ }, { status: 500, times: Infinity });
  const id = await createSession(call);
  expect((await call('GET', '~/sessions')).status).toBe(200);
  expect((await call('GET', `~/sessions/devin-${id}`)).status).toBe(500);
  fault.clear();
  expect((await call('GET', `~/sessions/devin-${id}`)).status).toBe(200);
});

test('says when to retry and what the problem is', async () => {
  const { devin, call } = await open();
  devin.fail(CREATE, { status: 429, retryAfter: 7, problem: { detail: 'Slow down' } });
  const reply = await call('POST', '~/sessions', { body });
  expect(reply.status).toBe(429);
  expect(reply.headers.get('retry-after')).toBe('7');
  expect(reply.body).toMatchObject({ title: 'Too Many Requests', detail: 'Slow down' });
});

test('loses the answer and keeps the session', async () => {
  const { devin, call } = await open();
  devin.fail(CREATE, { afterEffect: true });
  await expect(call('POST', '~/sessions', { body })).rejects.toThrow('fetch failed');
  expect(devin.createdCount()).toBe(1);
  devin.fail(CREATE, { afterEffect: true, status: 502 });
  expect((await call('POST', '~/sessions', { body })).status).toBe(502);
  expect(devin.createdCount()).toBe(2);
});

test('cuts the connection before anything happens', async () => {
  const { devin, call } = await open();
  devin.fail(CREATE, {});
  await expect(call('POST', '~/sessions', { body })).rejects.toThrow('fetch failed');
  expect(devin.createdCount()).toBe(0);
  expect(devin.requests).toMatchObject([{ method: 'POST', status: null }]);
});

test.for([
  [{}, 0],
  [{ afterEffect: true }, 1],
] as const)('keeps the caller waiting until it stops: %j', async ([fault, created]) => {
  const { devin, call } = await open();
  devin.fail(CREATE, { ...fault, hang: true });
  const pending = call('POST', '~/sessions', { body });
  await devin.waitForRequest(({ method }) => method === 'POST');
  expect(devin.createdCount()).toBe(created);
  await Promise.all([expect(pending).rejects.toThrow('fetch failed'), devin.stop()]);
});

test('answers late, once it may', async () => {
  const { devin, call } = await open();
  const { promise: until, resolve: goOn } = Promise.withResolvers<void>();
  devin.fail(CREATE, { until });
  const pending = call('POST', '~/sessions', { body });
  await devin.waitForRequest(({ method }) => method === 'POST');
  expect(devin.createdCount()).toBe(0);
  goOn();
  expect((await pending).status).toBe(200);
});

test('forgets what was planned', async () => {
  const { devin, call } = await open();
  const fault = devin.fail(CREATE, { times: Infinity });
  devin.clearFaults();
  expect(fault.remaining()).toBe(0);
  expect((await call('POST', '~/sessions', { body })).status).toBe(200);
});
