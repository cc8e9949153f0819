import { expect, test } from 'vitest';
import { z } from 'zod';
import { type Call, createSession, open } from './caller.ts';

const uploadSchema = z.object({ attachment_id: z.string(), name: z.string(), url: z.string() });

function form(content: string): FormData {
  const data = new FormData();
  data.append('file', new File([content], 'notes für Ada.txt', { type: 'text/plain' }));
  return data;
}

const upload = async (call: Call, content: string) =>
  uploadSchema.parse((await call('POST', '~/attachments', { body: form(content) })).body);

test('stores uploads and serves them behind a redirect', async () => {
  const { devin, call } = await open();
  const { url, name } = await upload(call, 'hello');
  expect(name).toBe('notes für Ada.txt');
  expect(devin.uploads).toMatchObject([{ name, bytes: 5, contentType: 'text/plain' }]);
  expect(devin.requests.at(-1)?.body).toEqual({ file: { name, bytes: 5 } });

  const redirect = await call('GET', url.slice(devin.url.length));
  expect(redirect.status).toBe(307);
  const location = redirect.headers.get('location') ?? '';
  expect((await call('GET', location, { key: null })).body).toBe('hello');
});

test('refuses the key at the presigned URL, and a URL with another signature', async () => {
  const { devin, call } = await open();
  const { url } = await upload(call, 'hello');
  const location = (await call('GET', url.slice(devin.url.length))).headers.get('location') ?? '';
  expect((await call('GET', location)).status).toBe(400);
  expect(devin.problems).toHaveLength(1);
  expect((await call('GET', location.replace(/=.*/, '=forged'), { key: null })).status).toBe(403);
});

test('requires exactly one part named file', async () => {
  const { call } = await open();
  const other = new FormData();
  other.append('document', new File(['x'], 'a.txt'));
  const text = new FormData();
  text.append('file', 'x');
  for (const body of [other, text]) {
    const reply = await call('POST', '~/attachments', { body });
    expect(reply.status).toBe(422);
    expect(reply.body).toMatchObject({ errors: [{ loc: ['body', 'file'] }] });
  }
});

test("lists a session's files, from a person and from Devin, as a plain array", async () => {
  const { devin, call } = await open();
  const { url, attachment_id: uploadedId } = await upload(call, 'hello');
  const id = await createSession(call, { attachment_urls: [url, 'https://example.com/spec.pdf'] });
  devin.advance(id, {
    attachments: [{ name: 'report.md', content: '# Done', contentType: 'text/markdown' }],
  });
  expect((await call('GET', `~/sessions/devin-${id}/attachments`)).body).toMatchObject([
    { attachment_id: uploadedId, url, source: 'user', content_type: 'text/plain' },
    { name: 'spec.pdf', url: 'https://example.com/spec.pdf', source: 'user' },
    { name: 'report.md', source: 'devin', content_type: 'text/markdown' },
  ]);
});
