import { DevinError } from './errors.ts';

export type ApiVersion = 'v3' | 'v3beta1';

/**
 * Members and repositories of an organization are still under v3beta1; other groups moved to v3 before. On a 404
 * the other version is tried, and the one that answered is used from then on.
 * https://docs.devin.ai/api-reference/release-notes
 */
export function createVersionFallback() {
  let preferred: ApiVersion = 'v3beta1';

  return async function withVersion<T>(run: (version: ApiVersion) => Promise<T>): Promise<T> {
    const first = preferred;
    const second: ApiVersion = first === 'v3' ? 'v3beta1' : 'v3';
    try {
      return await run(first);
    } catch (error) {
      if (!(error instanceof DevinError) || error.code !== 'not-found') throw error;
    }
    const result = await run(second);
    preferred = second;
    return result;
  };
}
