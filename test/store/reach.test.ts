import { expect, test } from 'vitest';
import { reach } from '../../src/store/reach.ts';

const databaseUrl = 'postgres://ana:hidden-word@db.internal:5432/bot';

test('a server that says nothing is named while the start still waits for it', async () => {
  const answered = Promise.withResolvers<void>();
  const waits: unknown[] = [];
  await reach(async () => answered.promise, {
    databaseUrl,
    patienceMs: 10_000,
    onWait: ({ problem }) => {
      waits.push(problem);
      answered.resolve();
    },
  });
  expect(waits).toEqual([{ code: 'database-unreachable', server: 'db.internal:5432/bot' }]);
});

test('a server that stays away is given up, with what happened last', async () => {
  const failure = new Error('connect ECONNREFUSED');
  const waits: unknown[] = [];
  const reaching = reach(async () => Promise.reject(failure), {
    databaseUrl,
    patienceMs: 1,
    onWait: ({ cause }) => waits.push(cause),
  });
  await expect(reaching).rejects.toMatchObject({ code: 'database-unreachable', cause: failure });
  expect(waits).toEqual([failure]);
});
