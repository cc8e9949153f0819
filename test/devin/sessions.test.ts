import { describe, expect, test } from 'vitest';
import { failureOf, inOurNames, page, SESSION, startDevin } from './local-api.ts';

const SESSIONS = '/v3/organizations/org-1/sessions';

describe('creating a session', () => {
  test('sends only what was set', async () => {
    const request = {
      prompt: 'Fix it',
      tags: ['slack-1'],
      knowledge_ids: [],
      secret_ids: ['sec-1'],
      session_secrets: [{ key: 'TOKEN', value: 'x', sensitive: true }],
      devin_mode: 'fast',
    } as const;
    const { sessions, seen } = await startDevin({ json: SESSION });
    await sessions.create({
      ...request,
      tags: [...request.tags],
      knowledge_ids: [],
      secret_ids: [...request.secret_ids],
      session_secrets: [...request.session_secrets],
    });
    expect(seen).toHaveLength(1);
    expect(seen[0]).toMatchObject({ method: 'POST', path: SESSIONS });
    expect(seen[0]?.query.size).toBe(0);
    expect(seen[0]?.headers['content-type']).toBe('application/json');
    expect(JSON.parse(seen[0]?.body ?? '')).toEqual(request);
  });

  test("returns Devin's reason by field", async () => {
    const detail = "Unrecognized platform 'beos'. Available platforms: linux, windows";
    const { sessions } = await startDevin({
      status: 400,
      json: { title: 'Bad Request', status: 400, detail },
    });
    expect(await failureOf(sessions.create({ prompt: 'x', platform: 'beos' }))).toMatchObject({
      code: 'invalid-request',
      facts: { status: 400, detail, fieldErrors: [{ field: 'platform', message: detail }] },
    });
  });
});

describe('a session in an answer', () => {
  test('has an id without prefix, and null for what is missing', async () => {
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
      childSessionIds: null,
      isArchived: false,
      origin: null,
      structuredOutput: null,
      category: null,
      subcategory: null,
      devinMode: null,
      automationId: null,
    });
  });

  test('keeps unlisted values, and drops unknown members', async () => {
    const open = {
      status: 'hibernating',
      status_detail: 'moonlight',
      origin: 'fax',
      category: 'art',
      devin_mode: 'swe',
    };
    const { sessions } = await startDevin({ json: { ...SESSION, ...open, is_advanced: true } });
    const session = await sessions.get('abc');
    expect(session).toMatchObject(inOurNames(open));
    expect(session).not.toHaveProperty('isAdvanced');
  });
});

describe('acting on a session', () => {
  test('accepts ids in both forms', async () => {
    const { sessions, seen } = await startDevin({ json: SESSION });
    await sessions.get('abc');
    await sessions.get('devin-abc');
    expect(seen.map(({ path }) => path)).toEqual([`${SESSIONS}/devin-abc`, `${SESSIONS}/devin-abc`]);
  });

  test('makes one request for each action', async () => {
    const { sessions, seen } = await startDevin({ json: SESSION });
    await sessions.sendMessage('abc', { message: 'Go on', messageAsUserId: 'email|1' });
    await sessions.terminate('abc');
    await sessions.archive('abc');
    await sessions.unarchive('abc');
    expect(
      seen.map(({ method, path, query, body }) => `${method} ${path}?${query.toString()} ${body}`),
    ).toEqual([
      `POST ${SESSIONS}/devin-abc/messages? {"message":"Go on","message_as_user_id":"email|1"}`,
      `DELETE ${SESSIONS}/devin-abc? `,
      `POST ${SESSIONS}/devin-abc/archive? `,
      `POST ${SESSIONS}/devin-abc/unarchive? `,
    ]);
  });

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

  test("repeats the key of a list and leaves out what isn't set", async () => {
    const { sessions, seen } = await startDevin({ json: page([SESSION]) });
    await sessions.list({
      tags: ['a', 'b c'],
      origins: ['api'],
      createdAfter: 5,
      after: null,
    });
    expect(seen[0]?.query.toString()).toBe('tags=a&tags=b+c&origins=api&created_after=5');
  });

  test('reads every page', async () => {
    const { sessions, seen } = await startDevin(({ query }) =>
      query.get('after') === null
        ? { json: page([{ ...SESSION, session_id: 'one' }], 'next') }
        : { json: page([{ ...SESSION, session_id: 'two' }]) },
    );
    const listed = await sessions.listAll({ tags: ['a'] });
    expect(listed.map(({ sessionId }) => sessionId)).toEqual(['one', 'two']);
    expect(seen.map(({ query }) => query.toString())).toEqual([
      'tags=a&first=200',
      'tags=a&first=200&after=next',
    ]);
  });

  test('stops at the requested number', async () => {
    const { sessions, seen } = await startDevin((_, index) => ({
      json: page([SESSION, SESSION], `page-${index}`),
    }));
    expect(await sessions.listAll({}, { maxItems: 3 })).toHaveLength(3);
    expect(seen).toHaveLength(2);
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

test('messages are read in pages', async () => {
  const message = { event_id: 'e1', source: 'devin', message: 'Hello', created_at: 1_700_000_000 };
  const { messages, seen } = await startDevin({
    json: page([message, { ...message, source: 'system' }], 'next'),
  });
  expect(await messages.list('abc', { after: 'cursor', first: 50 })).toEqual({
    items: [inOurNames(message), inOurNames({ ...message, source: 'system' })],
    endCursor: 'next',
    hasNextPage: true,
  });
  expect(seen[0]?.path).toBe(`${SESSIONS}/devin-abc/messages`);
  expect(seen[0]?.query.toString()).toBe('after=cursor&first=50');
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
