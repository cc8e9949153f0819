import { describe, expect, test } from 'vitest';
import { type Call, ADA, open, page } from './caller.ts';

const BETA = '/v3beta1/organizations/org-a';
const find = async (call: Call, list: string, email: string) =>
  page(await call('GET', `${BETA}/members/${list}?email=${encodeURIComponent(email)}`)).items;

describe('members', () => {
  test('are found by their exact address in their own list', async () => {
    const { devin, call } = await open({ orgId: 'org-a' });
    devin.addMember({ userId: 'email|2', email: 'Bob@Example.com', name: null, via: 'idp' });
    expect(await find(call, 'users', ADA.email)).toMatchObject([{ user_id: ADA.userId }]);
    expect(await find(call, 'idp-users', ADA.email)).toEqual([]);
    expect(await find(call, 'idp-users', 'Bob@Example.com')).toMatchObject([{ user_id: 'email|2' }]);
    expect(await find(call, 'idp-users', 'bob@example.com')).toEqual([]);
    devin.removeMember(ADA.userId);
    expect(await find(call, 'users', ADA.email)).toEqual([]);
  });

  test('can be read by an id that needs encoding', async () => {
    const { call } = await open({ orgId: 'org-a' });
    const reply = await call('GET', `${BETA}/members/users/${encodeURIComponent(ADA.userId)}`);
    expect(reply.body).toMatchObject({ user_id: ADA.userId });
    expect((await call('GET', `${BETA}/members/users/user-9`)).status).toBe(404);
  });
});
