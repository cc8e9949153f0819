import { expect, test } from 'vitest';
import type { StoredDraft } from '../../src/session/fields.ts';
import {
  buildRequest,
  requestIdOf,
  requestTag,
  sessionCreateRequestSchema,
} from '../../src/session/request.ts';

test('a tag is sent once, however often it was given', () => {
  const { tags } = buildRequest({
    draft: { prompt: 'fix it', tags: ['bug', 'web', 'bug'] },
    prompt: 'fix it',
    tag: requestTag('r1'),
    createAsUserId: null,
    uploadedUrls: [],
    sessionSecrets: [],
  });
  expect(tags).toEqual(['bug', 'web', 'slack-r1']);
});

test('a request is recognized by its tag, even next to a similar tag of the person', () => {
  const { tags } = buildRequest({
    draft: { prompt: 'fix it', tags: ['slack-bug'] },
    prompt: 'fix it',
    tag: requestTag('r1'),
    createAsUserId: null,
    uploadedUrls: [],
    sessionSecrets: [],
  });
  expect(requestIdOf(tags ?? [])).toBe('r1');
  expect(requestIdOf(['bug'])).toBeNull();
});

test("the body has what was set under Devin's names, and what the app adds; the rest is left out", () => {
  const values: StoredDraft = {
    repos: ['acme/web'],
    devin_mode: 'fast',
    max_acu_limit: 7,
    title: 'Login',
    playbook_id: 'p-1',
    child_playbook_id: 'p-2',
    knowledge_ids: [],
    secret_ids: ['s-1'],
    session_links: ['https://app.devin.ai/sessions/1'],
    structured_output_schema: { type: 'object' },
    structured_output_required: false,
    platform: 'windows',
    resumable: false,
    bypass_approval: true,
  };
  const secrets = [{ key: 'A', value: 'b', sensitive: true }];
  const added = { prompt: 'fix it, with context', tag: 'slack-r1', createAsUserId: 'user-1' };
  const body = buildRequest({
    ...added,
    draft: {
      ...values,
      prompt: 'fix it',
      tags: ['bug'],
      attachment_urls: ['https://a.io/1'],
    },
    uploadedUrls: ['https://a.io/2'],
    sessionSecrets: secrets,
  });
  expect(body).toEqual({
    ...values,
    prompt: 'fix it, with context',
    tags: ['bug', 'slack-r1'],
    attachment_urls: ['https://a.io/1', 'https://a.io/2'],
    session_secrets: secrets,
    create_as_user_id: 'user-1',
  });
  expect(sessionCreateRequestSchema.safeParse(body).success).toBe(true);
  const bare = { prompt: 'x', tag: null, createAsUserId: null, uploadedUrls: [], sessionSecrets: [] };
  expect(buildRequest({ ...bare, draft: {} })).toEqual({ prompt: 'x' });
  // Meaningless without the schema.
  expect(buildRequest({ ...bare, draft: { structured_output_required: false } })).toEqual({ prompt: 'x' });
  expect(sessionCreateRequestSchema.safeParse({}).success).toBe(false);
  expect(sessionCreateRequestSchema.safeParse({ prompt: 'x', other: 1 }).success).toBe(false);
});
