import { createWithLease } from './with-lease.ts';
import type { Leases } from '../store/leases.ts';

/** False, with nothing done, while another process has the lease. `held` aborts when another one takes over. */
export type OneAtATime = (name: string, task: (held: AbortSignal) => Promise<void>) => Promise<boolean>;

/** `withLease` for tasks that give no result. */
export function createOneAtATime(leases: Leases, leaseMs?: number): OneAtATime {
  const withLease = createWithLease(leases, leaseMs);
  return async (name, task) => (await withLease(name, async ({ held }) => task(held))).kind === 'done';
}
