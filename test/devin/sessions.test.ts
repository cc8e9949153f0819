import { describe, expect, test } from 'vitest';
import { failureOf, inOurNames, page, SESSION, startDevin } from './local-api.ts';

test('a session in an answer has an id without prefix, and null for what is missing', async () => {
  const { sessions } = await startDevin({ json: SESSION });
  expect(await sessions.get('abc')).toEqual({
    ...inOurNames(SESSION),
    sessionId: 'abc',
    statusDetail: null,
    title: null,
    userId: null,
    serviceUserId: null,
    playbookId: null,
    parentSessionId: null,
    isArchived: false,
    structuredOutput: null,
    devinMode: null,
  });
});

describe('acting on a session', () => {
  test('sends a message once, however Devin fails', async () => {
    const { sessions, seen } = await startDevin({ status: 503, headers: { 'retry-after': '0' } });
    await failureOf(sessions.sendMessage('abc', { message: 'Go on' }));
    await failureOf(sessions.terminate('abc'));
    await failureOf(sessions.archive('abc'));
    expect(seen).toHaveLength(3);
  });
});

describe('listing sessions', () => {
  test("leaves out a session that can't be read, and no other", async () => {
    const { sessions } = await startDevin({ json: page([{ ...SESSION, url: null }, SESSION]) });
    expect((await sessions.list({})).items).toEqual([expect.objectContaining({ sessionId: 'abc' })]);
  });

  test("stops if the cursor doesn't change", async () => {
    const { sessions, seen } = await startDevin({ json: page([SESSION], 'same') });
    await sessions.listAll({});
    expect(seen).toHaveLength(2);
  });
});

test.each(['abc', 'devin-abc'])('sessions are listed by id in both forms, from %s', async (id) => {
  const { sessions, seen } = await startDevin({ json: page([SESSION]) });
  expect((await sessions.list({ sessionIds: [id], first: 50 })).items).toHaveLength(1);
  expect(seen.map(({ query }) => query.toString())).toEqual([
    'session_ids=abc&session_ids=devin-abc&first=50',
  ]);
});

test.each([undefined, null, 'soon'])('a message whose time is %s keeps its words', async (time) => {
  const message = { event_id: 'e1', source: 'devin', message: 'Hello', created_at: time };
  const { messages } = await startDevin({ json: page([message]) });
  expect((await messages.list('abc')).items).toMatchObject([{ eventId: 'e1', message: 'Hello' }]);
});

describe('the principal of the key', () => {
  test.each([
    [
      {
        principal_type: 'service_user',
        service_user_id: 'service-user-1',
        service_user_name: 'bot',
        org_id: 'org-1',
      },
      { principalType: 'service_user', serviceUserId: 'service-user-1', orgId: 'org-1' },
    ],
    [
      {
        principal_type: 'pat_user',
        user_id: 'u',
        user_name: 'n',
        api_key_id: 'k',
        api_key_name: 'kn',
        org_id: null,
      },
      { principalType: 'pat_user', serviceUserId: null, orgId: null },
    ],
    [
      { principal_type: 'windsurf_session', user_id: 'u', org_id: 'o', user_name: null },
      { principalType: 'windsurf_session', serviceUserId: null, orgId: 'o' },
    ],
    [
      { principal_type: 'robot', serial: 7 },
      { principalType: 'robot', serviceUserId: null, orgId: null },
    ],
  ])('is read if it is $principal_type, known or new', async (principal, expected) => {
    const { self, seen } = await startDevin({ json: principal });
    expect(await self.get()).toEqual(expected);
    expect(seen[0]?.path).toBe('/v3/self');
  });
});
