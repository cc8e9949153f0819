import { expect, test } from 'vitest';
import { createUnconfirmedCreates } from '../../src/store/unconfirmed-creates.ts';
import { describeOnBothDatabases } from '../support/databases.ts';

const at = (seconds: number): Date => new Date(seconds * 1000);
const lost = (id: string, sentAtS: number, nextLookAtS: number) => ({
  requestId: id,
  sentAt: at(sentAtS),
  identity: null,
  lostAt: at(sentAtS),
  nextLookAt: at(nextLookAtS),
});

describeOnBothDatabases('unanswered creates', (open) => {
  const setUp = async (...rows: ReturnType<typeof lost>[]) => {
    const { db } = await open();
    const unconfirmedCreates = createUnconfirmedCreates(db);
    await db.transaction().execute(async (trx) => {
      for (const row of rows) await unconfirmedCreates.add(row, trx);
    });
    const left = async () => (await unconfirmedCreates.due(at(1000))).map(({ requestId: id }) => id);
    return { db, unconfirmedCreates, left };
  };

  test('are searched for together once one of them is due', async () => {
    const { unconfirmedCreates } = await setUp(lost('a', 1, 10), lost('b', 2, 20));
    expect(await unconfirmedCreates.due(at(9))).toEqual([]);
    expect(await unconfirmedCreates.due(at(10))).toHaveLength(2);
  });

  test('are planned one by one until they are given up', async () => {
    const { unconfirmedCreates, left } = await setUp(lost('a', 1, 10), lost('a', 2, 10));
    await unconfirmedCreates.plan(lost('a', 1, 10), at(30));
    await unconfirmedCreates.plan(lost('a', 2, 10), null);
    expect(await unconfirmedCreates.due(at(29))).toEqual([]);
    expect(await left()).toEqual(['a']);
  });

  test('become fewer with each session that is found', async () => {
    const { db, unconfirmedCreates, left } = await setUp(
      lost('a', 1, 10),
      lost('a', 2, 10),
      lost('b', 1, 10),
    );
    const find = async () => db.transaction().execute(async (trx) => unconfirmedCreates.found('a', trx));
    await find();
    expect((await left()).toSorted()).toEqual(['a', 'b']);
    await find();
    await find();
    expect(await left()).toEqual(['b']);
  });
});
