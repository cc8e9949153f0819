import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { CreateContext } from '../../src/create/context.ts';
import { createWithLease } from '../../src/queue/index.ts';
import { createLeases } from '../../src/store/leases.ts';
import { createRequests, requestLease } from '../../src/store/requests.ts';
import { ANA, createSetting } from '../support/create-context.ts';
import { describeOnBothDatabases, type Open } from '../support/databases.ts';
import { newRequest } from '../support/request-row.ts';

const HOUR_MS = 3_600_000;
const DEAD_AFTER_MS = 100;

/** From now on, everything runs on a machine whose clock is off by this much. */
function onClock(aheadMs: number): void {
  vi.setSystemTime(performance.timeOrigin + performance.now() + aheadMs);
}

/** A replica that looks up who asks like this. */
async function replicaOn(database: Awaited<ReturnType<Open>>, resolve: CreateContext['resolve']) {
  const withLease = createWithLease(createLeases(database.db));
  return createSetting(async () => Promise.resolve(database), { withLease, resolve });
}

describeOnBothDatabases('a request with several replicas', (open) => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }));
  afterEach(() => void vi.useRealTimers());

  const setUp = async () => {
    const database = await open();
    await createRequests(database.db).insert([newRequest('r1')]);
    return database;
  };

  test.each([-HOUR_MS, 100_000, HOUR_MS])(
    'is left to the replica that has it by one whose clock is off by %i ms',
    async (aheadMs) => {
      const database = await setUp();
      const changes = { uploads: { urls: [], leftOut: [] } };
      await createRequests(database.db).advance({ id: 'r1', from: 'accepted', to: 'ready', changes });
      const [begun, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      const first = await replicaOn(database, async () => {
        begun.resolve();
        await goOn.promise;
        throw new Error('the process dies');
      });
      const working = first.run().catch(() => undefined);
      await begun.promise;
      onClock(aheadMs);
      const asked: string[] = [];
      const second = await replicaOn(
        database,
        async ({ userId }) => (asked.push(userId), Promise.resolve(ANA)),
      );
      await second.run();
      expect(asked).toEqual([]);
      expect(second.jobs).toEqual([]);
      goOn.resolve();
      await working;
      expect(await second.store.requests.stranded(0)).toEqual(['r1']);
    },
  );

  test.each([
    ['an hour ahead', HOUR_MS, 0],
    ['right, by one whose clock is an hour behind', 0, -HOUR_MS],
  ])(
    'is continued soon after the death of a replica whose clock was %s',
    async (_clock, deadMs, livingMs) => {
      const { db } = await setUp();
      onClock(deadMs);
      const moved = await createRequests(db).advance({ id: 'r1', from: 'accepted', to: 'ready' });
      expect(moved).not.toBeNull();
      expect(await createLeases(db).take(requestLease('r1'), DEAD_AFTER_MS)).not.toBeNull();
      onClock(livingMs);
      expect(await createRequests(db).stranded(0)).toEqual(['r1']);
      const take = async () => createLeases(db).take(requestLease('r1'), DEAD_AFTER_MS);
      await expect.poll(take, { timeout: 10_000 }).not.toBeNull();
    },
  );

  test('is continued by one replica if both look up what a new request needs', async () => {
    const database = await setUp();
    const both = Promise.withResolvers<void>();
    let began = 0;
    const resolve = async () => {
      if ((began += 1) === 2) both.resolve();
      await both.promise;
      return ANA;
    };
    const replicas = await Promise.all([replicaOn(database, resolve), replicaOn(database, resolve)]);
    await Promise.all(replicas.map(async ({ run }) => run()));
    expect(replicas.flatMap(({ states }) => states)).toEqual(['sending', 'created']);
  });

  test("is continued even if the database's clock was set back", async () => {
    const { db } = await setUp();
    const ahead = new Date(Date.now() + HOUR_MS);
    await db.updateTable('sessionRequests').set({ updatedAt: ahead }).execute();
    await createLeases(db).take(requestLease('r1'), DEAD_AFTER_MS);
    await db.updateTable('leases').set({ until: ahead }).execute();
    expect(await createRequests(db).stranded(15_000)).toEqual(['r1']);
    expect(await createLeases(db).take(requestLease('r1'), DEAD_AFTER_MS)).not.toBeNull();
  });
});
