import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { createWatcher, type Watcher } from '../../src/follow/watcher.ts';
import { createLog } from '../../src/log.ts';
import { createLeases, type Leases } from '../../src/store/leases.ts';
import { useEmbedded } from '../support/databases.ts';
import { copyStarted } from '../support/folders.ts';

/** Longer than any test. */
const LEASE_MS = 60_000;
const LAPSING_MS = 300;

describe('the watcher with several processes', () => {
  const open = useEmbedded(copyStarted);
  const watchers: Watcher[] = [];
  afterEach(async () => {
    await Promise.all(watchers.splice(0).map((watcher) => watcher.stop()));
  });

  const openLeases = async (): Promise<Leases> => {
    const { db } = await open();
    return createLeases(db);
  };

  /** Counts its rounds; `until(n)` resolves with the n-th. */
  const watch = (leases: Leases, fails = false) => {
    const waiting: { count: number; resolve: () => void }[] = [];
    const rounds = { count: 0, prepared: 0 };
    const watcher = createWatcher({
      leases,
      prepare: async () => void (rounds.prepared += 1),
      round: async () => {
        rounds.count += 1;
        for (const { count, resolve } of waiting) if (rounds.count >= count) resolve();
        if (fails && rounds.count === 1) throw new Error('the database is away');
        return Promise.resolve(5);
      },
      times: { leaseMs: LEASE_MS, standbyMs: 20 },
      sleep: async (ms, signal) => delay(Math.min(ms, 50), true, { signal }).catch(() => false),
      log: createLog('silent'),
    });
    watchers.push(watcher);
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

  test('continues after a failed round', async () => {
    const { until, rounds } = watch(await openLeases(), true);
    await until(3);
    expect(rounds.prepared).toBe(1);
  });

  test('retries a failed search for lost sessions, and polls meanwhile', async () => {
    const found = Promise.withResolvers<void>();
    const done: string[] = [];
    const watcher = createWatcher({
      leases: await openLeases(),
      prepare: async () => {
        if (done.includes('search')) found.resolve();
        done.push('search');
        return done.length === 1 ? Promise.reject(new Error('Devin is away')) : Promise.resolve();
      },
      round: async () => Promise.resolve(5),
      times: { leaseMs: LEASE_MS, standbyMs: 20 },
      sleep: async (ms, signal) => delay(Math.min(ms, 20), true, { signal }).catch(() => false),
      log: createLog('silent'),
    });
    watchers.push(watcher);
    watcher.start();
    await found.promise;
    expect(done).toEqual(['search', 'search']);
  });

  test('logs nothing about a search for lost sessions that its own stop aborted', async () => {
    const lines: string[] = [];
    const searching = Promise.withResolvers<void>();
    const watcher = createWatcher({
      leases: await openLeases(),
      prepare: async (signal) => {
        searching.resolve();
        await once(signal, 'abort');
        signal.throwIfAborted();
      },
      round: async () => Promise.resolve(5),
      times: { leaseMs: LEASE_MS, standbyMs: 20 },
      sleep: async (ms, signal) => delay(ms, true, { signal }).catch(() => false),
      log: createLog('info', { write: (line) => lines.push(line) }),
    });
    watcher.start();
    await searching.promise;
    await watcher.stop();
    expect(lines).toEqual([]);
  });

  test('starts and stops in any order, any number of times', async () => {
    const { watcher, rounds } = watch(await openLeases());
    watcher.start();
    await Promise.all([watcher.stop(), watcher.stop()]);
    const { count } = rounds;
    watcher.start();
    await watcher.stop();
    expect(rounds.count).toBeGreaterThanOrEqual(count);
  });
});
