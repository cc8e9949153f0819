import { LeaseLostError, type Lease, type WithLease } from '../../src/queue/index.ts';

type Leased<T> = { kind: 'done'; result: T } | { kind: 'busy' };

/** With the outcome as a value. `busy`: another process has the lease, or has taken it over. */
export function reported(withLease: WithLease) {
  return async <T>(
    name: string,
    task: (lease: Lease) => Promise<T>,
    options?: { late: boolean },
  ): Promise<Leased<T>> => {
    try {
      return { kind: 'done', result: await withLease(name, task, options) };
    } catch (error) {
      if (error instanceof LeaseLostError) return { kind: 'busy' };
      throw error;
    }
  };
}
