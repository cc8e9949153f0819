import { describe, expect, test } from 'vitest';
import { DevinError } from '../../src/devin/errors.ts';
import { failureOf, page, startDevin } from './local-api.ts';

const ADA = { user_id: 'email|1', email: 'ada@acme.test', name: 'Ada', role_assignments: [] };
const BETA = '/v3beta1/organizations/org-1/members';
const V3 = '/v3/organizations/org-1/members';

describe('finding a member by address', () => {
  test('searches direct members and those of a group, and returns each once', async () => {
    const { members, seen } = await startDevin({ json: page([ADA]) });
    expect(await members.findByEmail('ada@acme.test')).toEqual([
      { userId: 'email|1', name: 'Ada', email: 'ada@acme.test' },
    ]);
    expect(seen.map(({ path, query }) => `${path}?${query.toString()}`).sort()).toEqual([
      `${BETA}/idp-users?email=ada%40acme.test`,
      `${BETA}/users?email=ada%40acme.test`,
    ]);
  });

  test('returns all matches', async () => {
    const { members } = await startDevin(({ path }) => ({
      json: page([path.endsWith('idp-users') ? { ...ADA, user_id: 'saml|2', name: null } : ADA]),
    }));
    expect(await members.findByEmail('ada@acme.test')).toEqual([
      { userId: 'email|1', name: 'Ada', email: 'ada@acme.test' },
      { userId: 'saml|2', name: 'ada@acme.test', email: 'ada@acme.test' },
    ]);
  });

  test('tries lower case if the address as written finds nobody', async () => {
    const { members, seen } = await startDevin(({ query }) => ({
      json: page(query.get('email') === 'ada@acme.test' ? [ADA] : []),
    }));
    expect(await members.findByEmail('Ada@Acme.test')).toHaveLength(1);
    expect(seen).toHaveLength(4);
  });

  test('matches nobody else if Devin ignores the filter', async () => {
    const { members, seen } = await startDevin({
      json: page([
        { ...ADA, email: 'bob@acme.test' },
        { ...ADA, email: null },
      ]),
    });
    expect(await members.findByEmail('ada@acme.test')).toEqual([]);
    expect(seen).toHaveLength(2);
  });

  test('reads on to the last page if Devin ignores the filter', async () => {
    const { members } = await startDevin(({ query }) => ({
      json: query.has('after') ? page([ADA]) : { items: [], end_cursor: 'c1', has_next_page: true },
    }));
    expect(await members.findByEmail('ada@acme.test')).toHaveLength(1);
  });

  test.each([
    ['has the member, and the other is not shown', [ADA], 403, 'found'],
    ['has the member, and Devin lacks the other', [ADA], 404, 'found'],
    ['is empty, and Devin lacks the other', [], 404, 'nobody'],
    ['is empty, and the other is not shown', [], 403, 'forbidden'],
  ])('is decided by one list if it %s', async (_what, items, status, expected) => {
    const { members } = await startDevin(({ path }) =>
      path.endsWith('idp-users') ? { status, json: { detail: 'no' } } : { json: page(items) },
    );
    const asked = members.findByEmail('ada@acme.test');
    const outcome = asked.then(
      ({ length }) => (length === 0 ? 'nobody' : 'found'),
      (error: unknown) => (error instanceof DevinError ? error.code : 'other'),
    );
    expect(await outcome).toBe(expected);
  });

  test("doesn't match another character, even if both have the same lower case", async () => {
    const { members } = await startDevin({ json: page([{ ...ADA, email: 'kim@acme.test' }]) });
    expect(await members.findByEmail('\u212Aim@acme.test')).toEqual([]);
    expect(await members.findByEmail('KIM@acme.test')).toHaveLength(1);
  });

  test('falls back to v3 when the beta path is gone', async () => {
    const { members, seen } = await startDevin(({ path }) =>
      path.startsWith('/v3beta1') ? { status: 404, json: { detail: 'Not Found' } } : { json: page([ADA]) },
    );
    expect(await members.findByEmail('ada@acme.test')).toHaveLength(1);
    const asked = seen.slice(-2).map(({ path }) => path);
    expect(asked.sort()).toEqual([`${V3}/idp-users`, `${V3}/users`]);
  });
});

test('reading a member finds nobody in both versions', async () => {
  const { members, seen } = await startDevin({ status: 404, json: { detail: 'Not Found' } });
  expect(await failureOf(members.get('x'))).toMatchObject({ code: 'not-found' });
  expect(seen.map(({ path }) => path)).toEqual([`${BETA}/users/x`, `${V3}/users/x`]);
});
