import { describe, expect, test } from 'vitest';
import { ADA, createSession, detail, open, sessionId } from './caller.ts';

const refused = (name: string, body: Record<string, unknown>) => ({
  name,
  body: { prompt: 'Fix it', ...body },
});

describe('creating a session', () => {
  test('returns a new session with its id without prefix', async () => {
    const { devin, call } = await open();
    const reply = await call('POST', '~/sessions', {
      body: { prompt: 'Fix it', tags: ['slack-1', 'slack-1'] },
    });
    expect(reply.status).toBe(200);
    expect(reply.body).toMatchObject({
      status: 'new',
      tags: ['slack-1'],
      org_id: devin.orgId,
      origin: 'api',
      user_id: null,
      service_user_id: devin.serviceUserId,
      acus_consumed: 0,
      pull_requests: [],
    });
    expect(sessionId(reply)).toMatch(/^[0-9a-f]{32}$/);
    expect(devin.createdCount()).toBe(1);
  });

  test('writes ids with their prefix if configured', async () => {
    const { devin, call } = await open({ idForm: 'prefixed' });
    const id = await createSession(call);
    expect(id).toMatch(/^devin-[0-9a-f]{32}$/);
    expect(devin.session(id).request.prompt).toBe('Fix the flaky test');
  });

  test('returns status_detail and structured_output only when the session is read', async () => {
    const { devin, call } = await open();
    const id = await createSession(call);
    devin.advance(id, { status: 'running', structuredOutput: { ok: true } });
    const filled = { status_detail: 'working', structured_output: { ok: true } };
    expect((await call('GET', `~/sessions/devin-${id}`)).body).toMatchObject(filled);
    const reply = await call('POST', `~/sessions/devin-${id}/messages`, { body: { message: 'Go on' } });
    expect(reply.body).toMatchObject({ status_detail: null, structured_output: null });
  });

  test('creates the session as a member who may use Devin', async () => {
    const { devin, call } = await open();
    const id = await createSession(call, { create_as_user_id: ADA.userId });
    expect(devin.session(id).userId).toBe(ADA.userId);
  });

  test('keeps secret values out of everything printable', async () => {
    const { devin, call } = await open();
    const id = await createSession(call, { session_secrets: [{ key: 'TOKEN', value: 'hunter2' }] });
    expect(devin.secretsOf(id)).toEqual([{ key: 'TOKEN', value: 'hunter2', sensitive: true }]);
    expect(JSON.stringify([devin.requests, devin.sessions])).not.toContain('hunter2');
    expect(JSON.stringify(devin.requests)).not.toContain(devin.apiKey);
  });

  test('masks secrets in a refused request', async () => {
    const { devin, call } = await open();
    const reply = await call('POST', '~/sessions', {
      body: { prompt: 'x', session_secrets: { TOKEN: 'hunter2' } },
    });
    expect(reply.status).toBe(422);
    expect(JSON.stringify(devin.requests)).not.toContain('hunter2');
  });
});

describe('refusing to create a session', () => {
  test.for([
    { name: 'no prompt', body: {}, error: { loc: ['body', 'prompt'], type: 'missing' } },
    { ...refused('an unknown mode', { devin_mode: 'turbo' }), error: { loc: ['body', 'devin_mode'] } },
    { ...refused('a cap of nothing', { max_acu_limit: 0 }), error: { loc: ['body', 'max_acu_limit'] } },
    { ...refused('a fractional cap', { max_acu_limit: 1.5 }), error: { loc: ['body', 'max_acu_limit'] } },
    { ...refused('51 tags', { tags: Array.from({ length: 51 }, String) }), error: { loc: ['body', 'tags'] } },
    { ...refused('resumable: null', { resumable: null }), error: { loc: ['body', 'resumable'] } },
    {
      ...refused('a nameless secret', { session_secrets: [{ key: '', value: 'v' }] }),
      error: { loc: ['body', 'session_secrets', 0, 'key'], type: 'value_error' },
    },
    {
      ...refused('a relative URL', { attachment_urls: ['file.txt'] }),
      error: { loc: ['body', 'attachment_urls', 0] },
    },
    {
      ...refused('a long URL', { attachment_urls: [`https://example.com/${'x'.repeat(2083)}`] }),
      error: { loc: ['body', 'attachment_urls', 0], type: 'value_error' },
    },
    {
      ...refused('a schema with an external $ref', {
        structured_output_schema: { properties: { a: { $ref: 'https://example.com/a.json' } } },
      }),
      error: { loc: ['body', 'structured_output_schema'] },
    },
    {
      ...refused('a schema of another draft', {
        structured_output_schema: { $schema: 'https://json-schema.org/draft/2020-12/schema' },
      }),
      error: { loc: ['body', 'structured_output_schema'] },
    },
    {
      ...refused('a schema that is none', { structured_output_schema: { type: 'strng' } }),
      error: { loc: ['body', 'structured_output_schema'] },
    },
    {
      ...refused('a schema over 64 KB', { structured_output_schema: { description: 'x'.repeat(65_536) } }),
      error: { loc: ['body', 'structured_output_schema'] },
    },
  ])('answers 422 at the field for $name', async ({ body, error }) => {
    const { devin, call } = await open();
    const reply = await call('POST', '~/sessions', { body });
    expect(reply.status).toBe(422);
    expect(reply.headers.get('content-type')).toBe('application/problem+json');
    expect(reply.body).toMatchObject({ status: 422, errors: [error] });
    expect(devin.createdCount()).toBe(0);
  });

  test('lists the platforms if the name is unknown', async () => {
    const { call } = await open();
    const reply = await call('POST', '~/sessions', { body: { prompt: 'x', platform: 'beos' } });
    expect(reply.status).toBe(400);
    expect(detail(reply)).toContain('linux, windows');
    expect((await call('POST', '~/sessions', { body: { prompt: 'x', platform: 'Windows' } })).status).toBe(
      200,
    );
    expect((await call('POST', '~/sessions', { body: { prompt: 'x', platform: 'inherit' } })).status).toBe(
      200,
    );
  });

  test.for([[[]], [['web', 'api']], [['slack-1']]])(
    'refuses the tags %j if one of a list is required',
    async ([tags]) => {
      const { call } = await open({ allowedTags: ['web', 'api'] });
      expect((await call('POST', '~/sessions', { body: { prompt: 'x', tags } })).status).toBe(400);
      expect((await call('POST', '~/sessions', { body: { prompt: 'x', tags: ['web'] } })).status).toBe(200);
    },
  );

  test("refuses to act as a person who isn't a member, or may not use Devin", async () => {
    const { devin, call } = await open();
    devin.addMember({ userId: 'user-2', email: 'bob@example.com', name: 'Bob', canUse: false });
    const create = (userId: string) =>
      call('POST', '~/sessions', { body: { prompt: 'x', create_as_user_id: userId } });
    expect((await create('user-9')).status).toBe(404);
    const viewer = await create('user-2');
    expect(viewer.status).toBe(403);
    expect(detail(viewer)).toContain('UseDevinSessions');
    devin.permissions.delete('ImpersonateOrgSessions');
    const forbidden = await create(ADA.userId);
    expect(forbidden.status).toBe(403);
    expect(detail(forbidden)).toContain('ImpersonateOrgSessions');
    expect(devin.createdCount()).toBe(0);
  });

  test('refuses an unknown playbook', async () => {
    const { devin, call } = await open();
    devin.catalog.playbooks.push({ id: 'playbook-1', title: 'Fix a bug' });
    expect(
      (await call('POST', '~/sessions', { body: { prompt: 'x', playbook_id: 'playbook-2' } })).status,
    ).toBe(404);
    expect(
      (await call('POST', '~/sessions', { body: { prompt: 'x', playbook_id: 'playbook-1' } })).status,
    ).toBe(200);
  });

  test("refuses attachments on its own host that weren't uploaded", async () => {
    const { devin, call } = await open();
    const url = `${devin.url}/v3/organizations/${devin.orgId}/attachments/1/a.txt`;
    const reply = await call('POST', '~/sessions', { body: { prompt: 'x', attachment_urls: [url] } });
    expect(reply.status).toBe(422);
    expect(reply.body).toMatchObject({ errors: [{ loc: ['body', 'attachment_urls', 0] }] });
  });

  test("reports requests that it accepts but a careful client wouldn't send", async () => {
    const { devin, call } = await open();
    const body = {
      prompt: ' ',
      knowledge_ids: ['note-1'],
      attachment_urls: ['https://files.slack.com/files-pri/a'],
    };
    const reply = await call('POST', '~/sessions?devin_id=mine', { body });
    expect(reply.status).toBe(200);
    await call('POST', `~/sessions/devin-${sessionId(reply)}/messages`, { body: { message: ' ' } });
    expect(devin.problems).toEqual([
      'the query parameter devin_id is not read by this endpoint',
      'attachment_urls has a private file of Slack: https://files.slack.com/files-pri/a',
      'the prompt is empty',
      'knowledge_ids has an unknown note: note-1',
      'the message is empty',
    ]);
  });
});
