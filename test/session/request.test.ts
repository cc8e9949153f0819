import { expect, test } from 'vitest';
import { buildRequest, requestIdOf, requestTag } from '../../src/session/request.ts';

test("a request is known by its tag, even beside a person's tag that begins like it", () => {
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
