import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createWithLease, LeaseLostError, type WithLease } from '../../src/queue/index.ts';
import { useEmbedded } from '../support/databases.ts';

const LEASE_MS = 15_000;
const RENEW_MS = LEASE_MS / 3;

type Lent = Parameters<typeof createWithLease>[0];
type Kept = Awaited<ReturnType<Lent['renewAll']>>;
const KEPT: Kept = new Map([['1', { isRenewed: true }]]);

/** From a database that does everything but this. */
const lentBy = (other: Partial<Lent>): WithLease =>
  createWithLease(
    {
      take: async () => Promise.resolve('1'),
      renew: async () => Promise.resolve(true),
      renewAll: async () => Promise.resolve(KEPT),
      release: async () => Promise.resolve(true),
      ...other,
    },
    LEASE_MS,
  );

const open = useEmbedded();

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance', 'setInterval', 'clearInterval'] }));
afterEach(() => void vi.useRealTimers());

describe('a lease', () => {
  test("is renewed once at a time by a database that doesn't answer", async () => {
    const answer = Promise.withResolvers<Kept>();
    let asked = 0;
    const withLease = lentBy({
      renewAll: async () => {
        asked += 1;
        return answer.promise;
      },
    });
    await withLease('relay', async () => {
      await vi.advanceTimersByTimeAsync(2 * LEASE_MS);
      answer.resolve(KEPT);
    });
    expect(asked).toBe(1);
  });

  test('is renewed until the work ends, even after a renewal failed', async () => {
    let asked = 0;
    const withLease = lentBy({
      renewAll: async () => {
        asked += 1;
        return asked === 1 ? Promise.reject(new Error('the database restarts')) : Promise.resolve(KEPT);
      },
    });
    const leased = await withLease('relay', async ({ isFresh }) => {
      await vi.advanceTimersByTimeAsync(2 * LEASE_MS);
      return isFresh();
    });
    expect(leased).toBe(true);
    expect(asked).toBe(6);
  });

  test('is renewed together with all that the process holds', async () => {
    const asked: number[] = [];
    let taken = 0;
    const withLease = lentBy({
      take: async () => Promise.resolve(String((taken += 1))),
      renewAll: async (numbers) => {
        asked.push(numbers.length);
        return Promise.resolve(new Map(numbers.map((number) => [number, { isRenewed: true }])));
      },
    });
    const work = Promise.withResolvers<void>();
    const all = Promise.all(['a', 'b', 'c'].map(async (name) => withLease(name, async () => work.promise)));
    await vi.advanceTimersByTimeAsync(LEASE_MS);
    work.resolve();
    await all;
    expect(asked).toEqual([3, 3, 3]);
  });

  test("that wasn't renewed in time counts again after a write, and not without one", async () => {
    const { db } = await open();
    const ended = Promise.withResolvers<Kept>();
    // Only the write gets through.
    const withLease = lentBy({ renewAll: async () => ended.promise });
    const isFresh: boolean[] = [];
    const leased = withLease('relay', async (lease) => {
      await vi.advanceTimersByTimeAsync(LEASE_MS);
      isFresh.push(lease.isFresh());
      await db.transaction().execute(lease.fence);
      isFresh.push(lease.isFresh());
      await vi.advanceTimersByTimeAsync(LEASE_MS);
      ended.resolve(KEPT);
      lease.assertFresh();
    });
    await expect(leased).rejects.toThrow(LeaseLostError);
    expect(isFresh).toEqual([false, true]);
  });

  test('counts from when its renewal was asked for, not from when the database answered', async () => {
    const answer = Promise.withResolvers<Kept>();
    const withLease = lentBy({ renewAll: async () => answer.promise });
    const leased = await withLease('relay', async ({ isFresh }) => {
      await vi.advanceTimersByTimeAsync(RENEW_MS + LEASE_MS);
      answer.resolve(KEPT);
      await vi.advanceTimersByTimeAsync(0);
      return isFresh();
    });
    expect(leased).toBe(false);
  });

  test('that ends with the last write is released once', async () => {
    const { db } = await open();
    const released: string[] = [];
    const withLease = lentBy({ release: async (name) => Promise.resolve(released.push(name) > 0) });
    await withLease('relay', async (lease) => db.transaction().execute(lease.end));
    expect(released).toEqual(['relay']);
  });
});
