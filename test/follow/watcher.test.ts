import { afterEach, describe, expect, test } from 'vitest';
import { startWatching } from '../../src/follow/watcher.ts';
import { createLog } from '../../src/log.ts';
import { createWithLease } from '../../src/queue/index.ts';
import { createLeases, type Leases } from '../../src/store/leases.ts';
import type { Interval } from '../../src/time.ts';
import { useEmbedded } from '../support/databases.ts';

/** Longer than any test. */
const LEASE_MS = 60_000;
const LAPSING_MS = 300;

const STANDBY_MS = 20;

const watchers: Interval[] = [];
afterEach(async () => {
  await Promise.all(watchers.splice(0).map((watcher) => watcher.stop()));
});

describe('the watcher with several processes', () => {
  const open = useEmbedded();

  const openLeases = async (): Promise<Leases> => {
    const { db } = await open();
    return createLeases(db);
  };

  /** Counts its rounds; `until(n)` resolves with the n-th. */
  const watch = (leases: Leases) => {
    const waiting: { count: number; resolve: () => void }[] = [];
    const rounds = { count: 0, prepared: 0 };
    const shared = { withLease: createWithLease(leases, LEASE_MS), log: createLog('silent') };
    const watcher = startWatching(shared, {
      standbyMs: STANDBY_MS,
      prepare: async () => void (await Promise.resolve((rounds.prepared += 1))),
      round: async () => {
        rounds.count += 1;
        for (const { count, resolve } of waiting) if (rounds.count >= count) resolve();
        return Promise.resolve(5);
      },
    });
    const until = async (count: number): Promise<void> =>
      new Promise((resolve) => {
        if (rounds.count >= count) resolve();
        else waiting.push({ count, resolve });
      });
    watchers.push(watcher);
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
