import { describe, expect, test } from 'vitest';
import { type Call, ADA, open, page } from './caller.ts';

const BETA = '/v3beta1/organizations/org-a';
const find = async (call: Call, list: string, email: string) =>
  page(await call('GET', `${BETA}/members/${list}?email=${encodeURIComponent(email)}`)).items;

describe('members', () => {
  test('are found by their exact address in their own list', async () => {
    const { devin, call } = await open({ orgId: 'org-a' });
    devin.addMember({ userId: 'email|2', email: 'Bob@Example.com', name: null, via: 'idp' });
    expect(await find(call, 'users', ADA.email)).toMatchObject([
      { user_id: ADA.userId, role_assignments: [{}] },
    ]);
    expect(await find(call, 'idp-users', ADA.email)).toEqual([]);
    expect(await find(call, 'idp-users', 'Bob@Example.com')).toMatchObject([{ idp_role_assignments: [{}] }]);
    expect(await find(call, 'idp-users', 'bob@example.com')).toEqual([]);
    devin.removeMember(ADA.userId);
    expect(await find(call, 'users', ADA.email)).toEqual([]);
  });

  test('come in pages', async () => {
    const { devin, call } = await open({ orgId: 'org-a' });
    devin.addMember({ userId: 'user-2', email: null, name: 'Bob' });
    const first = page(await call('GET', `${BETA}/members/users?first=1`));
    expect(first.items).toMatchObject([{ name: 'Ada' }]);
    const second = page(await call('GET', `${BETA}/members/users?first=1&after=${first.end_cursor}`));
    expect(second.items).toMatchObject([{ name: 'Bob', email: null }]);
  });

  test('can be read by an id that needs encoding', async () => {
    const { call } = await open({ orgId: 'org-a' });
    const reply = await call('GET', `${BETA}/members/users/${encodeURIComponent(ADA.userId)}`);
    expect(reply.body).toMatchObject({ user_id: ADA.userId, idp_role_assignments: [] });
    expect((await call('GET', `${BETA}/members/users/user-9`)).status).toBe(404);
  });
});

describe('lists for a form', () => {
  test('have playbooks, and secrets without values', async () => {
    const { devin, call } = await open();
    devin.addPlaybook({ id: 'playbook-1', title: 'Fix a bug', macro: '!fix' });
    devin.addSecret({ id: 'secret-1', key: 'NPM_TOKEN' });
    expect(page(await call('GET', '~/playbooks')).items).toMatchObject([
      { playbook_id: 'playbook-1', macro: '!fix' },
    ]);
    const [secret] = page(await call('GET', '~/secrets')).items;
    expect(secret).toMatchObject({ secret_id: 'secret-1', key: 'NPM_TOKEN' });
    expect(secret).not.toHaveProperty('value');
  });

  test('have notes, searched by name, trigger and content', async () => {
    const { devin, call } = await open();
    devin.addNote({ id: 'note-1', name: 'Deploys', body: 'Use the Pipeline.' });
    devin.addNote({ id: 'note-2', name: 'Reviews', trigger: 'pull request' });
    const search = async (text: string) =>
      page(await call('GET', `~/knowledge/notes?search=${text}`)).items.map((item) => item['note_id']);
    expect(await search('pipeline')).toEqual(['note-1']);
    expect(await search('PULL')).toEqual(['note-2']);
  });

  test('have repositories, searched by part of the name', async () => {
    const { devin, call } = await open({ orgId: 'org-a' });
    devin.addRepository({ path: 'acme/web' });
    devin.addRepository({ path: 'acme/api' });
    const list = async (query: string) => page(await call('GET', `${BETA}/repositories?${query}`)).items;
    expect(await list('filter_name=WEB')).toMatchObject([{ repo_path: 'acme/web', repo_name: 'web' }]);
    expect(await list('filter_name=api&load_indexing_status=false')).toMatchObject([
      { repo_path: 'acme/api', indexing_status: null },
    ]);
  });
});
