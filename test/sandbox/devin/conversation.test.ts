import { describe, expect, test } from 'vitest';
import { ADA, createSession, open, page } from './caller.ts';

describe('messages', () => {
  test('come oldest first, beginning with the prompt, each with its own event id', async () => {
    const { devin, call } = await open();
    const id = await createSession(call);
    devin.advance(id, { status: 'running', message: 'Looking at it.' });
    await call('POST', `~/sessions/devin-${id}/messages`, {
      body: { message: 'Thanks', message_as_user_id: ADA.userId },
    });
    devin.advance(id, { personMessage: 'From the web app' });
    const { items, end_cursor: cursor } = page(await call('GET', `~/sessions/devin-${id}/messages`));
    expect(items.map(({ source, message }) => [source, message])).toEqual([
      ['user', 'Fix the flaky test'],
      ['devin', 'Looking at it.'],
      ['user', 'Thanks'],
      ['user', 'From the web app'],
    ]);
    expect(new Set(items.map((item) => item['event_id'])).size).toBe(4);
    expect(cursor).toBeNull();
    expect(devin.session(id).messages[2]?.asUserId).toBe(ADA.userId);
  });

  test('can be read from the last cursor', async () => {
    const { devin, call } = await open();
    const id = await createSession(call);
    devin.advance(id, { message: 'one' });
    const first = page(await call('GET', `~/sessions/devin-${id}/messages?first=1`));
    devin.advance(id, { message: 'two' });
    const rest = page(await call('GET', `~/sessions/devin-${id}/messages?after=${first.end_cursor}`));
    expect(rest.items.map((item) => item['message'])).toEqual(['one', 'two']);
  });

  test('wake a sleeping session and continue a waiting one', async () => {
    const { devin, call } = await open();
    const id = await createSession(call);
    const write = () => call('POST', `~/sessions/devin-${id}/messages`, { body: { message: 'Go on' } });
    devin.advance(id, { status: 'suspended', statusDetail: 'inactivity' });
    await write();
    expect(devin.session(id)).toMatchObject({ status: 'resuming', statusDetail: null });
    devin.advance(id, { status: 'running', statusDetail: 'waiting_for_user' });
    await write();
    expect(devin.session(id)).toMatchObject({ status: 'running', statusDetail: 'working' });
  });

  test.for(['exit', 'error'])("can't reach a session in %s", async (status) => {
    const { devin, call } = await open();
    const id = await createSession(call);
    devin.advance(id, { status });
    const reply = await call('POST', `~/sessions/devin-${id}/messages`, { body: { message: 'Hello?' } });
    expect(reply.status).toBe(409);
    expect(devin.session(id).messages).toHaveLength(1);
  });

  test("can't wake a session whose machine wasn't kept", async () => {
    const { devin, call } = await open();
    const id = await createSession(call, { resumable: false });
    devin.advance(id, { status: 'suspended', statusDetail: 'inactivity' });
    expect((await call('POST', `~/sessions/devin-${id}/messages`, { body: { message: 'x' } })).status).toBe(
      409,
    );
  });

  test("are refused from a person who isn't a member", async () => {
    const { call } = await open();
    const id = await createSession(call);
    const body = { message: 'x', message_as_user_id: 'user-9' };
    expect((await call('POST', `~/sessions/devin-${id}/messages`, { body })).status).toBe(404);
  });
});

describe('a session', () => {
  test('ends for good when terminated, and can be archived with it', async () => {
    const { devin, call } = await open();
    const id = await createSession(call);
    const reply = await call('DELETE', `~/sessions/devin-${id}?archive=true`);
    expect(reply.body).toMatchObject({ session_id: id, status: 'exit', is_archived: true });
    expect(devin.step(id)).toBe(false);
  });

  test('takes a message in the archive without waking, and wakes only by one after that', async () => {
    const { devin, call } = await open();
    const id = await createSession(call);
    const write = async () => call('POST', `~/sessions/devin-${id}/messages`, { body: { message: 'Go on' } });
    await call('POST', `~/sessions/devin-${id}/archive`);
    expect(await write()).toMatchObject({
      status: 200,
      body: { status: 'suspended', is_archived: true },
    });
    await call('POST', `~/sessions/devin-${id}/unarchive`);
    expect(devin.session(id)).toMatchObject({ status: 'suspended', isArchived: false });
    await write();
    expect(devin.session(id).status).toBe('resuming');
    expect(devin.session(id).messages).toHaveLength(3);
  });
});
