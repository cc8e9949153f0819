import type { Transaction } from 'kysely';
import type { Leases } from '../store/leases.ts';
import type { Tables } from '../store/tables.ts';
import { repeat } from '../time.ts';

/** How long a process that died keeps others from its work. */
export const LEASE_MS = 15_000;
/** How soon to retry if another process is doing the same. */
export const HELD_WAIT_MS = 1000;

/** Another process has taken over, and continues what this one began. */
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
  /** Call it in each transaction that records what was done under the lease. Throws a LeaseLostError, which rolls that back. */
  fence: (trx: Transaction<Tables>) => Promise<void>;
  /** The same in the last of these transactions: once it commits, others can have the lease. */
  end: (trx: Transaction<Tables>) => Promise<void>;
  /** False if it wasn't renewed in time, as in a process that was frozen. Doesn't ask the database. */
  isFresh: () => boolean;
  /** Throws a LeaseLostError if it is not fresh. */
  assertFresh: () => void;
};

/** `busy`: another process has the lease, or has taken it over meanwhile. */
type Leased<T> = { kind: 'done'; result: T } | { kind: 'busy' };

/**
 * `late`: the lease is taken with the task's first write, which saves a write of its own. What comes before that must be
 * harmless in several processes.
 */
export type WithLease = <T>(
  name: string,
  task: (lease: Lease) => Promise<T>,
  options?: { late: boolean },
) => Promise<Leased<T>>;

/** When to run a job again, in ms: soon if another process works on the same; null: it's done. */
export async function soonIfBusy(leasing: Promise<Leased<number | null>>): Promise<number | null> {
  const leased = await leasing;
  return leased.kind === 'busy' ? HELD_WAIT_MS : leased.result;
}

type LeaseRows = Pick<Leases, 'take' | 'renew' | 'release'>;

/** One task at a time for each name, across all replicas. */
export function createWithLease(leases: LeaseRows, leaseMs: number = LEASE_MS): WithLease {
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

function hold(leases: LeaseRows, { name, number, leaseMs }: Held) {
  const lost = new AbortController();
  let held = number;
  let isOver = false;
  let renewedAtMs = performance.now();

  const extend = async (trx?: Transaction<Tables>): Promise<boolean> => {
    if (held !== null) return leases.renew(name, held, leaseMs, trx);
    // Nothing was written under it yet.
    if (trx === undefined) return true;
    held = await leases.take(name, leaseMs, { trx });
    return held !== null;
  };

  const renew = async (trx?: Transaction<Tables>): Promise<boolean> => {
    const askedAtMs = performance.now();
    const isHeld = await extend(trx);
    if (isHeld) renewedAtMs = askedAtMs;
    else lost.abort(new LeaseLostError(name));
    return isHeld;
  };

  // One at a time: a slow database gets no more of them. If one fails, the next write notices it.
  const renewal = repeat(async () => {
    await renew().catch(() => undefined);
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
      // A renewal after the release would find nothing, and report the lease as lost.
      await renewal.stop();
      if (held !== null && !isOver) await leases.release(name, held);
    },
  };
}
