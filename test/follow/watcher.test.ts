import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createWatcher, type Watcher } from '../../src/follow/watcher.ts';
import { createLog } from '../../src/log.ts';
import { createLeases, type Leases } from '../../src/store/leases.ts';
import { useEmbedded } from '../support/databases.ts';

/** Longer than any test. */
const LEASE_MS = 60_000;
const LAPSING_MS = 300;

const STANDBY_MS = 20;

type Deps = Parameters<typeof createWatcher>[0];

const watchers: Watcher[] = [];
afterEach(async () => {
  vi.useRealTimers();
  await Promise.all(watchers.splice(0).map((watcher) => watcher.stop()));
});

/** Stopped after the test. */
const watcherOf = (deps: Pick<Deps, 'leases'> & Partial<Deps>): Watcher => {
  const watcher = createWatcher({
    prepare: async () => Promise.resolve(),
    round: async () => Promise.resolve(5),
    times: { leaseMs: LEASE_MS, standbyMs: STANDBY_MS },
    sleep: async (ms, signal) => delay(Math.min(ms, 50), true, { signal }).catch(() => false),
    log: createLog('silent'),
    ...deps,
  });
  watchers.push(watcher);
  return watcher;
};

describe('the watcher with several processes', () => {
  const open = useEmbedded();

  const openLeases = async (): Promise<Leases> => {
    const { db } = await open();
    return createLeases(db);
  };

  /** Counts its rounds; `until(n)` resolves with the n-th. */
  const watch = (leases: Leases, fails = false) => {
    const waiting: { count: number; resolve: () => void }[] = [];
    const rounds = { count: 0, prepared: 0 };
    const watcher = watcherOf({
      leases,
      prepare: async () => void (rounds.prepared += 1),
      round: async () => {
        rounds.count += 1;
        for (const { count, resolve } of waiting) if (rounds.count >= count) resolve();
        if (fails && rounds.count === 1) throw new Error('the database is away');
        return Promise.resolve(5);
      },
    });
    const until = async (count: number): Promise<void> =>
      new Promise((resolve) => {
        if (rounds.count >= count) resolve();
        else waiting.push({ count, resolve });
      });
    watcher.start();
    return { watcher, rounds, until };
  };

  test('runs in one, and another takes over when it stops', async () => {
    const leases = await openLeases();
    const first = watch(leases);
    await first.until(3);
    const second = watch(leases);
    await first.until(20);
    expect(second.rounds.count).toBe(0);
    await first.watcher.stop();
    const { count } = first.rounds;
    await second.until(3);
    expect(first.rounds.count).toBe(count);
    expect([first.rounds.prepared, second.rounds.prepared]).toEqual([1, 1]);
  });

  test('runs in another once the lease of a dead process has expired', async () => {
    const leases = await openLeases();
    await leases.take('watch-sessions', LAPSING_MS);
    await watch(leases).until(1);
    expect(await leases.take('watch-sessions', LEASE_MS)).toBeNull();
  });
});

describe('a watcher', () => {
  const lent = (other: Partial<Deps['leases']>): Deps['leases'] => ({
    take: async () => Promise.resolve('1'),
    renew: async () => Promise.resolve(true),
    renewAll: async () => Promise.resolve(new Map([['1', { isRenewed: true }]])),
    release: async () => Promise.resolve(true),
    ...other,
  });

  test('keeps its lease during a round that takes longer, and gives it back once it stops', async () => {
    vi.useFakeTimers({ toFake: ['performance', 'setInterval', 'clearInterval'] });
    const asked: string[] = [];
    const rounded = Promise.withResolvers<void>();
    const watcher = watcherOf({
      leases: lent({
        renewAll: async () => {
          asked.push('renew');
          return Promise.resolve(new Map([['1', { isRenewed: true }]]));
        },
        release: async () => Promise.resolve(asked.push('release') > 0),
      }),
      round: async () => {
        if (asked.length === 0) await vi.advanceTimersByTimeAsync(LEASE_MS);
        rounded.resolve();
        return 5;
      },
    });
    watcher.start();
    await rounded.promise;
    expect(asked).toEqual(['renew', 'renew', 'renew']);
    await watcher.stop();
    await vi.advanceTimersByTimeAsync(LEASE_MS);
    expect(asked).toEqual(['renew', 'renew', 'renew', 'release']);
  });
});
