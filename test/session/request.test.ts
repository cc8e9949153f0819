import { expect, test } from 'vitest';
import { buildRequest, requestIdOf, requestTag } from '../../src/session/request.ts';

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
