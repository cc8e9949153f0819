import type { Kysely } from 'kysely';
import { expect, test } from 'vitest';
import { createWithLease, type Lease } from '../../src/queue/index.ts';
import { createLeases } from '../../src/store/leases.ts';
import type { Tables } from '../../src/store/store.ts';
import { describeOnBothDatabases } from '../support/databases.ts';
import { reported } from '../support/leases.ts';

const LEASE_MS = 60_000;
const LONG_AGO = new Date(0);

describeOnBothDatabases('work under a lease', (open) => {
  const setUp = async () => {
    const { db } = await open();
    const leases = createLeases(db);
    return { db, leases, withLease: reported(createWithLease(leases, LEASE_MS)) };
  };

  const record = async (db: Kysely<Tables>, owner: string, guard: Lease['fence']): Promise<void> =>
    db.transaction().execute(async (trx) => {
      await guard(trx);
      await trx.insertInto('paces').values({ place: owner, nextAt: LONG_AGO }).execute();
    });

  const recorded = async (db: Kysely<Tables>): Promise<string[]> =>
    (await db.selectFrom('paces').select('place').execute()).map(({ place: owner }) => owner);

  /** As if the process had been frozen for longer than its lease. */
  const lapse = async (db: Kysely<Tables>) => db.updateTable('leases').set({ until: LONG_AGO }).execute();

  test('returns its result, and leaves nothing behind', async () => {
    const { db, withLease } = await setUp();
    expect(await withLease('a', async () => Promise.resolve(7))).toEqual({ kind: 'done', result: 7 });
    expect(await db.selectFrom('leases').selectAll().execute()).toEqual([]);
  });

  test('is left to the process that holds the lease', async () => {
    const { withLease } = await setUp();
    const inner = await withLease('a', async () => withLease('a', async () => Promise.resolve()));
    expect(inner).toEqual({ kind: 'done', result: { kind: 'busy' } });
  });

  test('records nothing after another process took over, even when that has ended', async () => {
    const { db, withLease } = await setUp();
    const outcome = await withLease('a', async (lease) => {
      await lapse(db);
      await withLease('a', async (other) => record(db, 'second', other.fence));
      await record(db, 'first', lease.fence);
    });
    expect(outcome).toEqual({ kind: 'busy' });
    expect(await recorded(db)).toEqual(['second']);
  });

  test('records nothing while the process that took over works', async () => {
    const { db, withLease } = await setUp();
    const outcome = await withLease('a', async (lease) => {
      await lapse(db);
      return withLease('a', async () =>
        expect(record(db, 'first', lease.fence)).rejects.toThrow('another process'),
      );
    });
    expect(outcome).toMatchObject({ kind: 'done', result: { kind: 'done' } });
    expect(await recorded(db)).toEqual([]);
  });

  test('continues at once after the clock was set back', async () => {
    const { db, leases, withLease } = await setUp();
    await leases.take('a', 2 * LEASE_MS);
    expect(await withLease('a', async () => Promise.resolve(7))).toEqual({ kind: 'done', result: 7 });
    await leases.take('b', LEASE_MS);
    expect(await withLease('b', async () => Promise.resolve())).toEqual({ kind: 'busy' });
    expect(await db.selectFrom('leases').select('name').execute()).toEqual([{ name: 'b' }]);
  });

  test('ends nothing after another process took over', async () => {
    const { db, withLease } = await setUp();
    const outcome = await withLease('a', async (lease) => {
      await lapse(db);
      await withLease('a', async () => Promise.resolve());
      await record(db, 'first', lease.end);
    });
    expect(outcome).toEqual({ kind: 'busy' });
    expect(await recorded(db)).toEqual([]);
  });

  test('leaves nothing behind if the transaction that was to end it failed, whether it goes on or not', async () => {
    const { db, withLease } = await setUp();
    await withLease('other', async (lease) => record(db, 'taken', lease.fence));
    const fails = async (lease: Lease) => expect(record(db, 'taken', lease.end)).rejects.toThrow('duplicate');
    await withLease('a', async (lease) => (await fails(lease), record(db, 'a', lease.end)));
    await expect(withLease('b', async (lease) => record(db, 'taken', lease.end))).rejects.toThrow(
      'duplicate',
    );
    expect(await db.selectFrom('leases').selectAll().execute()).toEqual([]);
  });

  test('continues after an expired lease that nobody took', async () => {
    const { db, withLease } = await setUp();
    const outcome = await withLease('a', async (lease) => {
      await lapse(db);
      await record(db, 'first', lease.fence);
      return withLease('a', async () => Promise.resolve());
    });
    expect(outcome).toEqual({ kind: 'done', result: { kind: 'busy' } });
    expect(await recorded(db)).toEqual(['first']);
  });

  test("doesn't release the lease of the process that took over", async () => {
    const { db, withLease } = await setUp();
    const held = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    const first = await withLease('a', async () => {
      await lapse(db);
      const second = withLease('a', async () => (begun.resolve(), held.promise));
      await begun.promise;
      return { second };
    });
    expect(await withLease('a', async () => Promise.resolve())).toEqual({ kind: 'busy' });
    held.resolve();
    if (first.kind === 'done') await first.result.second;
  });

  test('with a lease taken in its first write holds it from then on', async () => {
    const { db, withLease } = await setUp();
    const late = await withLease(
      'a',
      async (lease) => {
        const before = await withLease('a', async () => Promise.resolve('free'));
        await record(db, 'first', lease.fence);
        return [before, await withLease('a', async () => Promise.resolve())];
      },
      { late: true },
    );
    expect(late).toEqual({ kind: 'done', result: [{ kind: 'done', result: 'free' }, { kind: 'busy' }] });
    expect(await db.selectFrom('leases').selectAll().execute()).toEqual([]);
  });

  test('with a lease taken in its first write records nothing while another process holds it', async () => {
    const { db, withLease } = await setUp();
    const inner = await withLease('a', async () =>
      withLease('a', async (lease) => record(db, 'second', lease.fence), { late: true }),
    );
    expect(inner).toEqual({ kind: 'done', result: { kind: 'busy' } });
    expect(await recorded(db)).toEqual([]);
  });
});
