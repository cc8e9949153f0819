import { randomUUID } from 'node:crypto';
import type { Leases } from '../store/leases.ts';

/** How long a process that died keeps others from its work. */
const LEASE_MS = 15_000;

/** False, with nothing done, while somebody else is at it. `held` aborts when somebody else has taken over. */
export type OneAtATime = (name: string, task: (held: AbortSignal) => Promise<void>) => Promise<boolean>;

/** What belongs to one name is done by one at a time, over all replicas. */
export function createOneAtATime(leases: Leases, leaseMs: number = LEASE_MS): OneAtATime {
  return async (name, task) => {
    const owner = randomUUID();
    if (!(await leases.take(name, owner, leaseMs))) return false;
    const lost = new AbortController();
    const renew = async (): Promise<void> => {
      const isHeld = await leases.take(name, owner, leaseMs);
      if (!isHeld) lost.abort(new Error('another process has taken over'));
    };
    let renewing = Promise.resolve();
    const renewal = setInterval(() => {
      renewing = renew().catch(() => undefined);
    }, leaseMs / 3);
    try {
      await task(lost.signal);
    } finally {
      clearInterval(renewal);
      // One that comes after the release would take it again, for nobody.
      await renewing;
      await leases.release(name, owner);
    }
    return true;
  };
}
