import type { Transaction } from 'kysely';
import type { Leases } from '../store/leases.ts';
import type { Tables } from '../store/store.ts';
import { repeat } from '../time.ts';
import { TIMES } from '../times.ts';

/** How soon to retry if another process is doing the same. */
export const HELD_WAIT_MS = 1000;

/** Another process has it, or has taken over and continues what this one began. */
export class LeaseLostError extends Error {
  readonly code = 'lease-lost';

  constructor(name: string) {
    super(`another process has "${name}"`);
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

/**
 * Throws a LeaseLostError if another process has the lease, or has taken it over meanwhile; a job is then run again. `late`: the lease is taken with the task's first write, which saves a write of its own. What comes before that must be
 * harmless in several processes.
 */
export type WithLease = <T>(
  name: string,
  task: (lease: Lease) => Promise<T>,
  options?: { late: boolean },
) => Promise<T>;

type LeaseRows = Pick<Leases, 'take' | 'renew' | 'renewAll' | 'release'>;

/** The leases that this process holds, by number. */
type Held = Map<string, { renewedAtMs: number; lose: () => void }>;

/** One task at a time for each name, across all replicas. All leases of a process are renewed in one statement. */
export function createWithLease(leases: LeaseRows, leaseMs: number = TIMES.leaseMs): WithLease {
  const held: Held = new Map();
  // One at a time: a slow database gets no more of them. If one fails, the next write notices it.
  repeat(async () => renewAll(leases, held, leaseMs).catch(() => undefined), leaseMs / 3);

  return async (name, task, { late } = { late: false }) => {
    const lost = new AbortController();
    const mine = { renewedAtMs: performance.now(), lose: () => lost.abort(new LeaseLostError(name)) };
    /** null: it is not taken yet. */
    let number: string | null = null;
    let isOver = false;

    async function take(trx?: Transaction<Tables>): Promise<boolean> {
      number = await leases.take(name, leaseMs, { trx });
      if (number !== null) held.set(number, mine);
      return number !== null;
    }

    async function release(trx?: Transaction<Tables>): Promise<boolean> {
      if (number === null) return true;
      isOver = true;
      // Its renewal would find nothing, and report it as lost.
      held.delete(number);
      return leases.release(name, number, trx);
    }

    const lease: Lease = {
      held: lost.signal,
      async fence(trx) {
        const askedAtMs = performance.now();
        const isHeld = number === null ? await take(trx) : await leases.renew(name, number, leaseMs, trx);
        if (isHeld) {
          mine.renewedAtMs = askedAtMs;
          return;
        }
        mine.lose();
        throw new LeaseLostError(name);
      },
      async end(trx) {
        if (!(await release(trx))) throw new LeaseLostError(name);
      },
      isFresh: () => performance.now() - mine.renewedAtMs < leaseMs,
      assertFresh() {
        if (!lease.isFresh()) throw new LeaseLostError(name);
      },
    };

    if (!late && !(await take())) throw new LeaseLostError(name);
    try {
      const result = await task(lease);
      if (!isOver) await release();
      return result;
    } catch (error) {
      // The transaction that was to end it may have been rolled back.
      await release();
      throw error;
    }
  };
}

/** Not those that were taken or renewed just now, maybe in a transaction that nobody else can see. */
async function renewAll(leases: LeaseRows, held: Held, leaseMs: number): Promise<void> {
  const askedAtMs = performance.now();
  const due = [...held].filter(([, { renewedAtMs }]) => askedAtMs - renewedAtMs > leaseMs / 6);
  if (due.length === 0) return;
  const numbers = due.map(([number]) => number);
  const left = await leases.renewAll(numbers, leaseMs);
  for (const [number, one] of due.filter(([wanted]) => held.has(wanted))) {
    const found = left.get(number);
    if (found === undefined) one.lose();
    else if (found.isRenewed) one.renewedAtMs = Math.max(one.renewedAtMs, askedAtMs);
  }
}
