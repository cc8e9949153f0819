import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createWatcher, type Watcher } from '../../src/follow/watcher.ts';
import { createLog } from '../../src/log.ts';
import { createLeases, type Leases } from '../../src/store/leases.ts';
import { useEmbedded } from '../support/databases.ts';
import { captureLog } from '../support/log-lines.ts';

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

  test('continues after a failed round', async () => {
    const { until, rounds } = watch(await openLeases(), true);
    await until(3);
    expect(rounds.prepared).toBe(1);
  });

  test('logs once a minute that rounds fail', async () => {
    const { log, text: logged } = captureLog();
    const tenth = Promise.withResolvers<void>();
    let rounds = 0;
    const watcher = watcherOf({
      leases: await openLeases(),
      round: async () => {
        if ((rounds += 1) === 10) tenth.resolve();
        return Promise.reject(new Error('the database is away'));
      },
      log,
    });
    watcher.start();
    await tenth.promise;
    expect(logged().match(/watching sessions failed/g)).toHaveLength(1);
  });

  test('retries a failed search for lost sessions, and polls meanwhile', async () => {
    const found = Promise.withResolvers<void>();
    const done: string[] = [];
    const watcher = watcherOf({
      leases: await openLeases(),
      prepare: async () => {
        if (done.includes('search')) found.resolve();
        done.push('search');
        return done.length === 1 ? Promise.reject(new Error('Devin is away')) : Promise.resolve();
      },
    });
    watcher.start();
    await found.promise;
    expect(done).toEqual(['search', 'search']);
  });

  test('logs nothing about a search for lost sessions that its own stop aborted', async () => {
    const lines: string[] = [];
    const searching = Promise.withResolvers<void>();
    const watcher = watcherOf({
      leases: await openLeases(),
      prepare: async (signal) => {
        searching.resolve();
        await once(signal, 'abort');
        signal.throwIfAborted();
      },
      log: createLog('info', { write: (line) => lines.push(line) }),
    });
    watcher.start();
    await searching.promise;
    await watcher.stop();
    expect(lines).toEqual([]);
  });

  test('starts and stops in any order, any number of times', async () => {
    const { watcher, rounds, until } = watch(await openLeases());
    watcher.start();
    await Promise.all([watcher.stop(), watcher.stop()]);
    const { count } = rounds;
    watcher.start();
    await until(count + 1);
    await watcher.stop();
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

  test('rests before it asks for the lease, searches or polls again', async () => {
    const rests = new Set<number>();
    let [taken, prepared, polled] = [0, 0, 0];
    const watcher = watcherOf({
      leases: lent({ take: async () => Promise.resolve((taken += 1) === 1 ? null : '1') }),
      prepare: async () => ((prepared += 1) === 1 ? Promise.reject(new Error('no list')) : undefined),
      round: async () => ((polled += 1) === 1 ? Promise.reject(new Error('no answer')) : 7),
      sleep: async (ms, signal) => {
        rests.add(ms);
        return delay(1, true, { signal }).catch(() => false);
      },
    });
    watcher.start();
    await expect.poll(() => [...rests].toSorted((a, b) => a - b)).toEqual([7, STANDBY_MS, 5000, 60_000]);
    await watcher.stop();
  });

  test("stops even if its lease can't be given back", async () => {
    const rounded = Promise.withResolvers<void>();
    const watcher = watcherOf({
      leases: lent({ release: async () => Promise.reject(new Error('the database is away')) }),
      round: async () => (rounded.resolve(), Promise.resolve(5)),
    });
    watcher.start();
    await rounded.promise;
    await expect(watcher.stop()).resolves.toBeUndefined();
  });
});
