import type { DevinClient, Options } from './client.ts';
import { READ_RETRY } from './client.ts';
import { toPathId } from './ids.ts';
import { tagsSchema } from './schemas.ts';

/** A session's tags, at most 50. https://docs.devin.ai/api-reference/v3/sessions/get-organizations-session */
export function createSessionTags(client: DevinClient) {
  const call = async (
    method: 'get' | 'post' | 'put',
    sessionId: string,
    options: Options & { tags?: readonly string[] },
  ) => {
    const { tags } = await client.call({
      operation: `sessions.tags.${method}`,
      method,
      path: client.orgPath(['sessions', toPathId(sessionId), 'tags']),
      answer: tagsSchema,
      signal: options.signal,
      ...(options.tags && { json: { tags: options.tags } }),
      ...(method === 'get' && { retry: READ_RETRY }),
    });
    return tags;
  };

  return {
    /** The tags it has. */
    get: async (sessionId: string, options: Options = {}) => call('get', sessionId, options),
    /** Adds to those it has; the same tag twice is once. */
    add: async (sessionId: string, tags: readonly string[], { signal }: Options = {}) =>
      call('post', sessionId, { tags, signal }),
    /** Puts these in the place of those it has. */
    replace: async (sessionId: string, tags: readonly string[], { signal }: Options = {}) =>
      call('put', sessionId, { tags, signal }),
  };
}
