import { DevinError } from './errors.ts';

/** What the service user may not read is not asked for again for a while. */
export function createForbidden({ now, forMs }: { now: () => number; forMs: number }) {
  const untilMs = new Map<string, number>();
  return {
    /** `instead`: the answer where it may not be read. Throws whatever else `read` throws. */
    async readOr<T>(key: string, instead: T, read: () => Promise<T>): Promise<T> {
      if (now() < (untilMs.get(key) ?? 0)) return instead;
      try {
        return await read();
      } catch (error) {
        if (!(error instanceof DevinError) || error.code !== 'forbidden') throw error;
        untilMs.set(key, now() + forMs);
        return instead;
      }
    },
  };
}
