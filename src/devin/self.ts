import type { DevinClient, Options } from './client.ts';
import { READ_RETRY } from './client.ts';
import type { Self } from './schemas.ts';
import { selfSchema } from './schemas.ts';

/** Whose key it is; needs no permission beyond the default. https://docs.devin.ai/api-reference/v3/self/self */
export function createSelf(client: DevinClient) {
  return {
    async get({ signal }: Options = {}): Promise<Self> {
      return client.call({
        operation: 'self.get',
        method: 'get',
        path: '/v3/self',
        answer: selfSchema,
        retry: READ_RETRY,
        signal,
      });
    },
  };
}
