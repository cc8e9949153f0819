import { expect, test } from 'vitest';
import { createLostAnswers } from '../../src/store/lost-answers.ts';
import { migrate } from '../../src/store/migrations/index.ts';
import { describeOnBothDatabases } from '../support/databases.ts';

const at = (seconds: number): Date => new Date(seconds * 1000);
const lost = (id: string, sentAtS: number, nextLookAtS: number) => ({
  requestId: id,
  sentAt: at(sentAtS),
  identity: null,
  lostAt: at(sentAtS),
  nextLookAt: at(nextLookAtS),
});

describeOnBothDatabases('creations that were not answered', (open) => {
  const setUp = async (...rows: ReturnType<typeof lost>[]) => {
    const { db } = await open();
    await migrate(db);
    const lostAnswers = createLostAnswers(db);
    await db.transaction().execute(async (trx) => {
      for (const row of rows) await lostAnswers.add(row, trx);
    });
    const left = async () => (await lostAnswers.due(at(1000))).map(({ requestId: id }) => id);
    return { db, lostAnswers, left };
  };

  test('are looked for together once it is the turn of one', async () => {
    const { lostAnswers } = await setUp(lost('a', 1, 10), lost('b', 2, 20));
    expect(await lostAnswers.due(at(9))).toEqual([]);
    expect(await lostAnswers.due(at(10))).toHaveLength(2);
  });

  test('are planned one by one, until they are given up', async () => {
    const { lostAnswers, left } = await setUp(lost('a', 1, 10), lost('a', 2, 10));
    await lostAnswers.plan(lost('a', 1, 10), at(30));
    await lostAnswers.plan(lost('a', 2, 10), null);
    expect(await lostAnswers.due(at(29))).toEqual([]);
    expect(await left()).toEqual(['a']);
  });

  test('are one less with each session that is found', async () => {
    const { db, lostAnswers, left } = await setUp(lost('a', 1, 10), lost('a', 2, 10), lost('b', 1, 10));
    const find = async () => db.transaction().execute(async (trx) => lostAnswers.found('a', trx));
    await find();
    expect((await left()).toSorted()).toEqual(['a', 'b']);
    await find();
    await find();
    expect(await left()).toEqual(['b']);
  });
});
