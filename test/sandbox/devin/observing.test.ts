import { expect, test } from 'vitest';
import { createSession, open } from './caller.ts';

test('waits for a request and its answer', async () => {
  const { devin, call } = await open();
  const answered = devin.waitForRequest(({ status }) => status === 200);
  await call('GET', '~/sessions?tags=a&tags=b');
  expect(await answered).toMatchObject({
    method: 'GET',
    query: { tags: ['a', 'b'] },
    body: null,
    status: 200,
  });
});

test('finds a session that already exists, and one that changes later', async () => {
  const { devin, call } = await open();
  const id = await createSession(call);
  expect((await devin.waitForSession(({ status }) => status === 'new')).id).toBe(id);
  const running = devin.waitForSession(({ status }) => status === 'running');
  devin.advance(`devin-${id}`, { status: 'running' });
  expect((await running).id).toBe(id);
});

test('tells a listener of each change until it stops listening', async () => {
  const { devin, call } = await open();
  const id = await createSession(call);
  const statuses: string[] = [];
  const stop = devin.subscribe(() => statuses.push(devin.session(id).status));
  devin.advance(id, { status: 'running' });
  stop();
  devin.advance(id, { status: 'exit' });
  expect(statuses).toEqual(['running']);
});

test('says what it waited for in vain', async () => {
  const { devin } = await open();
  const waiting = devin.waitForSession(() => true, { timeoutMs: 1 });
  await expect(waiting).rejects.toThrow('Waited 1 ms for a session.');
});

test('records headers, except the key', async () => {
  const { devin, call } = await open();
  await call('GET', '/v3/self', { headers: { 'user-agent': 'bot/1' } });
  expect(devin.requests[0]?.headers).toMatchObject({ 'user-agent': 'bot/1', authorization: '[secret]' });
});
