import { expect, test } from 'vitest';
import type { Permission } from '../../../sandbox/devin/index.ts';
import { createSession, open } from './caller.ts';

test('answers 403 without a key and 401 with a wrong one', async () => {
  const { call } = await open();
  expect((await call('GET', '/v3/self', { key: null })).status).toBe(403);
  const wrong = await call('GET', '/v3/self', { key: 'cog_wrong' });
  expect(wrong.status).toBe(401);
  expect(wrong.body).toMatchObject({ title: 'Unauthorized', status: 401, instance: '/v3/self' });
});

test('says who the key belongs to', async () => {
  const { devin, call } = await open();
  expect((await call('GET', '/v3/self')).body).toEqual({
    principal_type: 'service_user',
    service_user_id: devin.serviceUserId,
    service_user_name: 'devin-slack',
    org_id: devin.orgId,
  });
});

test("doesn't know another organization", async () => {
  const { call } = await open();
  expect((await call('GET', '/v3/organizations/org-other/sessions')).status).toBe(404);
});

test('answers 404 to an unknown path, 405 to an unknown method, and reports both', async () => {
  const { devin, call } = await open();
  expect((await call('POST', '~/sessions/')).status).toBe(404);
  expect((await call('PATCH', '~/sessions')).status).toBe(405);
  expect(devin.problems).toEqual([
    `nothing answers POST /v3/organizations/${devin.orgId}/sessions/`,
    `nothing answers PATCH /v3/organizations/${devin.orgId}/sessions`,
  ]);
});

test('finds a session only by its prefixed id', async () => {
  const { devin, call } = await open();
  const id = await createSession(call);
  expect((await call('GET', `~/sessions/devin-${id}`)).status).toBe(200);
  expect((await call('GET', `~/sessions/${id}`)).status).toBe(404);
  expect(devin.problems).toHaveLength(1);
});

test.for<[string, string, Permission]>([
  ['GET', '/v3/self', 'ReadAccountMeta'],
  ['POST', '~/sessions', 'ManageOrgSessions'],
  ['GET', '~/sessions', 'ViewOrgSessions'],
  ['GET', '~/sessions/devin-1', 'ViewOrgSessions'],
  ['DELETE', '~/sessions/devin-1', 'ManageOrgSessions'],
  ['POST', '~/sessions/devin-1/archive', 'ManageOrgSessions'],
  ['POST', '~/sessions/devin-1/unarchive', 'ManageOrgSessions'],
  ['GET', '~/sessions/devin-1/messages', 'ViewOrgSessions'],
  ['POST', '~/sessions/devin-1/messages', 'ManageOrgSessions'],
  ['GET', '~/sessions/devin-1/attachments', 'ViewOrgSessions'],
  ['POST', '~/attachments', 'UseDevinSessions'],
  ['GET', '~/attachments/1/a.txt', 'ViewOrgSessions'],
  ['GET', '/v3beta1/organizations/org-a/members/users', 'ViewOrgMembership'],
  ['GET', '/v3beta1/organizations/org-a/members/idp-users', 'ViewOrgMembership'],
  ['GET', '/v3beta1/organizations/org-a/members/users/u', 'ViewOrgMembership'],
  ['GET', '~/playbooks', 'ManageAccountPlaybooks'],
  ['GET', '~/knowledge/notes', 'ManageAccountKnowledge'],
  ['GET', '~/secrets', 'ManageOrgSecrets'],
  ['GET', '/v3beta1/organizations/org-a/repositories', 'Read'],
])('names the permission that %s %s needs', async ([method, path, permission]) => {
  const { devin, call } = await open({ orgId: 'org-a' });
  devin.permissions.delete(permission);
  const reply = await call(method, path);
  expect(reply.status).toBe(403);
  expect(reply.body).toMatchObject({ detail: `Missing required permission: ${permission}` });
});

test('refuses a body that is not JSON', async () => {
  const { devin, call } = await open();
  const headers = { 'content-type': 'text/plain' };
  expect((await call('POST', '~/sessions', { body: { prompt: 'x' }, headers })).status).toBe(422);
  expect((await call('POST', '~/sessions')).body).toMatchObject({
    errors: [{ loc: ['body'], type: 'missing' }],
  });
  expect(devin.createdCount()).toBe(0);
});
