import { describe, expect, test } from 'vitest';
import { findOne, findSessions, type Missing } from '../../src/create/find-session.ts';
import type { SessionQuery } from '../../src/devin/sessions.ts';
import type { Identity } from '../../src/session/identity.ts';
import type { SessionSnapshot } from '../../src/session/snapshot.ts';
import type { SessionRequest } from '../../src/store/requests.ts';
import { requestRow } from '../support/request-row.ts';
import { sessionSnapshot } from '../support/session-snapshot.ts';

const sessionAs = (devinUserId: string) => sessionSnapshot(`of-${devinUserId}`, { user_id: devinUserId });

const PROMPT = 'fix the login test';

function requestAs(devinUserId: string): SessionRequest & Missing {
  const identity: Identity = { kind: 'matched', devinUserId, name: 'Ana', how: 'email', checkedAtMs: 0 };
  const sentAt = new Date(61_000);
  const row = requestRow({ id: 'r1', state: 'sending', sessionId: null, prompt: PROMPT, identity });
  return { ...row, sentAt };
}

type World = {
  items: SessionSnapshot[];
  bound?: string[];
  tagRequests?: boolean;
  firstMessage?: string | null;
};

function createSearch({ items, bound = [], tagRequests = false, firstMessage = PROMPT }: World) {
  const queries: SessionQuery[] = [];
  const first = { eventId: 'e1', source: 'user', message: firstMessage ?? '', createdAt: 0 };
  const c: Parameters<typeof findOne>[0] = {
    devin: {
      sessions: {
        listAll: async (query) => {
          queries.push(query);
          return Promise.resolve(items);
        },
      },
      messages: {
        list: async () =>
          Promise.resolve({
            items: firstMessage === null ? [] : [first],
            endCursor: null,
            hasNextPage: false,
          }),
      },
    },
    store: {
      sessions: { bound: async () => Promise.resolve(new Set(bound)) },
      requests: { find: async () => Promise.resolve(null) },
    },
    tagRequests,
  };
  return { c, queries };
}

/** The session found for a request in a list, and what Devin was asked. */
async function search(request: SessionRequest, world: World) {
  const { c, queries } = createSearch(world);
  return { found: (await findOne(c, request))?.sessionId ?? null, queries };
}

test.each([
  ['is searched for before its request is sent', true, 's1'],
  ['of a request without a tag is not searched for before that is sent', false, null],
])('a session %s', async (_what, tagRequests, found) => {
  const items = [sessionSnapshot('s1', { user_id: 'user-ana', tags: ['slack-r1'] })];
  const { c, queries } = createSearch({ items, tagRequests });
  const request = { ...requestAs('user-ana'), createdAt: new Date(990_000), resumedAt: null, sentAt: null };
  expect((await findOne(c, request))?.sessionId ?? null).toBe(found);
  expect(queries).toEqual(found === null ? [] : [{ tags: ['slack-r1'], createdAfter: 330 }]);
});

test('a session is searched for before its request is started anyway, even without tags', async () => {
  const { c } = createSearch({ items: [sessionAs('user-ana')] });
  expect((await findOne(c, requestAs('user-ana')))?.sessionId).toBe('of-user-ana');
});

describe('without tags', () => {
  test('a request never adopts the session of another person with the same words', async () => {
    const items = [sessionAs('user-ben')];
    expect((await search(requestAs('user-ana'), { items })).found).toBeNull();
    expect((await search(requestAs('user-ben'), { items })).found).toBe('of-user-ben');
  });

  test('no session is adopted if several match, or if its request was never sent', async () => {
    const twice = [sessionAs('user-ana'), sessionSnapshot('other', { user_id: 'user-ana' })];
    expect((await search(requestAs('user-ana'), { items: twice })).found).toBeNull();
    const unsent = { ...requestAs('user-ana'), sentAt: null };
    expect((await search(unsent, { items: [sessionAs('user-ana')] })).found).toBeNull();
  });

  test('a session that Devin lists twice is one', async () => {
    const items = [sessionAs('user-ana'), sessionAs('user-ana')];
    expect((await search(requestAs('user-ana'), { items })).found).toBe('of-user-ana');
  });

  test('no session that is older than the request is adopted, whatever Devin lists', async () => {
    const request = { ...requestAs('user-ana'), sentAt: new Date(62_000) };
    expect((await search(request, { items: [sessionAs('user-ana')] })).found).toBeNull();
    const items = [sessionSnapshot('s2', { user_id: 'user-ana', created_at: 2 })];
    expect((await search(request, { items })).found).toBe('s2');
  });

  test('no session that has no words yet is adopted once those of the request were deleted', async () => {
    const request = { ...requestAs('user-ana'), prompt: null };
    const found = await search(request, { items: [sessionAs('user-ana')], firstMessage: null });
    expect(found.found).toBeNull();
  });

  test('a session of another request is not adopted', async () => {
    const items = [sessionAs('user-ana')];
    expect((await search(requestAs('user-ana'), { items, bound: ['of-user-ana'] })).found).toBeNull();
  });
});

describe('with tags', () => {
  const tagged = (id: string, changes: object = {}) =>
    sessionSnapshot(id, { user_id: 'user-ana', tags: ['slack-r1'], ...changes });

  test.each([
    ['that runs as another person', { user_id: 'user-ben' }],
    ['that runs as the service user', { user_id: null, service_user_id: 'service-user-1' }],
    ['whose tag only begins like it', { tags: ['slack-r11'] }],
    ['that another session started', { parent_session_id: 'p' }],
  ])('no session is adopted %s', async (_what, changes) => {
    const items = [tagged('s1', changes)];
    expect((await search(requestAs('user-ana'), { items, tagRequests: true })).found).toBeNull();
  });

  test('a session is adopted by its tag if Devin says of none who it runs as', async () => {
    const items = [tagged('s1', { user_id: null, service_user_id: null })];
    expect((await search(requestAs('user-ana'), { items, tagRequests: true })).found).toBe('s1');
    expect((await search(requestAs('user-ana'), { items })).found).toBeNull();
  });

  test("sessions are listed by origin and Devin's time, and by tag only if that finds nothing", async () => {
    const createdAfter = 1;
    const first = await search(requestAs('user-ana'), { items: [tagged('s1')], tagRequests: true });
    expect(first).toEqual({ found: 's1', queries: [{ origins: ['api'], createdAfter }] });
    const { queries } = await search(requestAs('user-ana'), { items: [], tagRequests: true });
    expect(queries).toEqual([
      { origins: ['api'], createdAfter },
      { tags: ['slack-r1'], createdAfter },
    ]);
  });
});

test('one list serves many requests, and their tags are searched for together', async () => {
  const { c, queries } = createSearch({ items: [], tagRequests: true });
  const missing = Array.from({ length: 60 }, (_, n) => ({ ...requestAs('user-ana'), id: `r${n}` }));
  await findSessions(c, missing);
  expect(queries.map(({ tags }) => tags?.length ?? 0)).toEqual([0, 50, 10]);
});

test("a request that ran as the service user adopts no member's session", async () => {
  const identity = { kind: 'service-user', because: 'off', checkedAtMs: 0 } as const;
  const request = { ...requestAs('user-ana'), identity };
  const items = [sessionSnapshot('s1', { user_id: 'user-ana', tags: ['slack-r1'] })];
  expect((await search(request, { items, tagRequests: true })).found).toBeNull();
  const own = [sessionSnapshot('s2', { tags: ['slack-r1'] })];
  expect((await search(request, { items: own, tagRequests: true })).found).toBe('s2');
});
