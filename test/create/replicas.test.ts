import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createSessionCreator, type CreateStep } from '../../src/create/run.ts';
import { createWithLease } from '../../src/queue/index.ts';
import type { Database } from '../../src/store/database.ts';
import { createLeases } from '../../src/store/leases.ts';
import { createRequests, requestLease } from '../../src/store/requests.ts';
import { describeOnBothDatabases } from '../support/databases.ts';
import { newRequest } from '../support/request-row.ts';

const HOUR_MS = 3_600_000;
const DEAD_AFTER_MS = 100;
const { signal } = new AbortController();

/** From now on, everything runs on a machine whose clock is off by this much. */
function onClock(aheadMs: number): void {
  vi.setSystemTime(performance.timeOrigin + performance.now() + aheadMs);
}

/** A replica that works on requests with these steps. */
function replicaOn({ db }: Pick<Database, 'db'>, step: CreateStep) {
  const [requests, queued] = [createRequests(db), new Array<number>()];
  const create = createSessionCreator({
    store: { requests },
    withLease: createWithLease(createLeases(db)),
    show: async () => Promise.resolve(null),
    enqueue: async (_name, _payload, { startAfterMs = 0 } = {}) =>
      void (await Promise.resolve(queued.push(startAfterMs))),
    steps: { accepted: step, held: step, identified: step, attached: step, sending: step },
  });
  return { requests, queued, create };
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
      await createRequests(database.db).advance({ id: 'r1', from: 'accepted', to: 'identified' });
      const [begun, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      const first = replicaOn(database, async () => {
        begun.resolve();
        await goOn.promise;
        return { kind: 'leave' };
      });
      const working = first.create('r1', signal);
      await begun.promise;
      onClock(aheadMs);
      const steps: string[] = [];
      const second = replicaOn(database, async ({ request }) => {
        steps.push(request.id);
        return Promise.resolve({ kind: 'leave' });
      });
      expect(await second.requests.stranded(0)).toEqual([]);
      await second.create('r1', signal);
      expect(steps).toEqual([]);
      expect(second.queued).toEqual([]);
      goOn.resolve();
      await working;
      expect(await second.requests.stranded(0)).toEqual(['r1']);
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
      const moved = await createRequests(db).advance({ id: 'r1', from: 'accepted', to: 'identified' });
      expect(moved).not.toBeNull();
      expect(await createLeases(db).take(requestLease('r1'), DEAD_AFTER_MS)).not.toBeNull();
      onClock(livingMs);
      await expect.poll(async () => createRequests(db).stranded(0), { timeout: 10_000 }).toEqual(['r1']);
    },
  );

  test('is continued by one replica if both look up what a new request needs', async () => {
    const database = await setUp();
    const both = Promise.withResolvers<void>();
    const began: string[] = [];
    const moved: string[] = [];
    const step: CreateStep = async ({ request: { id }, lease }) => {
      if (began.push(id) === 2) both.resolve();
      await both.promise;
      await database.db.transaction().execute(async (trx) => {
        const step = { id, from: 'accepted', to: 'sending' } as const;
        if ((await createRequests(database.db).advance(step, trx)) === null) return;
        await lease.fence(trx);
        moved.push(id);
      });
      return { kind: 'leave' };
    };
    const replicas = [replicaOn(database, step), replicaOn(database, step)];
    await Promise.all(replicas.map(async ({ create }) => create('r1', signal)));
    expect(moved).toEqual(['r1']);
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
