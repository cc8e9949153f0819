import type { Transaction } from 'kysely';
import type { Leases } from '../store/leases.ts';
import type { Tables } from '../store/tables.ts';

/** How long a process that died keeps others from its work. */
export const LEASE_MS = 15_000;
/** How soon to try again what another process works on. */
export const HELD_WAIT_MS = 1000;

/** Another process has taken over: what this one began is the other's now. */
export class LeaseLostError extends Error {
  readonly code = 'lease-lost';

  constructor(name: string) {
    super(`another process has taken over "${name}"`);
    this.name = 'LeaseLostError';
  }
}

export type Lease = {
  /** Aborts when another process has taken over. */
  held: AbortSignal;
  /** Part of each write that records what was done under the lease. Throws a LeaseLostError, and the write is undone. */
  fence: (trx: Transaction<Tables>) => Promise<void>;
  /** As `fence`, with the last of these writes: once it commits, others can have the lease. */
  end: (trx: Transaction<Tables>) => Promise<void>;
  /** False after a pause as long as the lease: the process may have been frozen. No write, no wait. */
  isFresh: () => boolean;
  /** Throws a LeaseLostError if it is not fresh. */
  assertFresh: () => void;
};

/** `busy`: another process has the lease, or has taken it over meanwhile. */
type Leased<T> = { kind: 'done'; result: T } | { kind: 'busy' };

/**
 * `late`: what comes before the first write may be done by several, so the lease is taken with that write, at the
 * price of none.
 */
export type WithLease = <T>(
  name: string,
  task: (lease: Lease) => Promise<T>,
  options?: { late: boolean },
) => Promise<Leased<T>>;

/** For a job, when it is to be done again, in ms: soon if another process works on the same; null: it is done. */
export async function soonIfBusy(leasing: Promise<Leased<number | null>>): Promise<number | null> {
  const leased = await leasing;
  return leased.kind === 'busy' ? HELD_WAIT_MS : leased.result;
}

/** What belongs to one name is done by one at a time, over all replicas. */
export function createWithLease(leases: Leases, leaseMs: number = LEASE_MS): WithLease {
  return async (name, task, { late } = { late: false }) => {
    const number = late ? null : await leases.take(name, leaseMs);
    if (number === null && !late) return { kind: 'busy' };
    const holding = hold(leases, { name, number, leaseMs });
    try {
      return { kind: 'done', result: await task(holding.lease) };
    } catch (error) {
      if (error instanceof LeaseLostError) return { kind: 'busy' };
      throw error;
    } finally {
      await holding.end();
    }
  };
}

/** `number`: null while it is not taken yet. */
type Held = { name: string; number: string | null; leaseMs: number };

function hold(leases: Leases, { name, number, leaseMs }: Held) {
  const lost = new AbortController();
  let held = number;
  let isOver = false;
  let renewedAtMs = performance.now();

  const extend = async (trx?: Transaction<Tables>): Promise<boolean> => {
    if (held !== null) return leases.renew(name, held, leaseMs, trx);
    // Nothing was written under it yet.
    if (trx === undefined) return true;
    held = await leases.take(name, leaseMs, trx);
    return held !== null;
  };

  const renew = async (trx?: Transaction<Tables>): Promise<boolean> => {
    const askedAtMs = performance.now();
    const isHeld = await extend(trx);
    if (isHeld) renewedAtMs = askedAtMs;
    else lost.abort(new LeaseLostError(name));
    return isHeld;
  };

  let renewing: Promise<unknown> | null = null;
  const renewal = setInterval(() => {
    // One at a time: a database that is slow is not asked more often. One that does not answer is noticed by the next write.
    renewing ??= renew()
      .catch(() => undefined)
      .finally(() => {
        renewing = null;
      });
  }, leaseMs / 3);

  const isFresh = (): boolean => performance.now() - renewedAtMs < leaseMs;
  const lease: Lease = {
    held: lost.signal,
    async fence(trx) {
      if (!(await renew(trx))) throw new LeaseLostError(name);
    },
    async end(trx) {
      if (held === null) return;
      if (!(await leases.release(name, held, trx))) throw new LeaseLostError(name);
      isOver = true;
    },
    isFresh,
    assertFresh() {
      if (!isFresh()) throw new LeaseLostError(name);
    },
  };
  return {
    lease,
    async end(): Promise<void> {
      clearInterval(renewal);
      // One that comes after the release would find nothing, and call the lease lost.
      await renewing;
      if (held !== null && !isOver) await leases.release(name, held);
    },
  };
}
