import { expect, test } from 'vitest';
import { createPrecedence } from '../../src/store/commit.ts';

/** Longer than a test takes. */
const LONG_MS = 100_000;

test('other work waits until priority work is done', async () => {
  const { withPriority, turn } = createPrecedence(LONG_MS);
  const order: string[] = [];
  const ending = Promise.withResolvers<void>();
  const preferred = [1, 2].map(async (one) =>
    withPriority(async () => {
      await ending.promise;
      order.push(`preferred ${one}`);
    }),
  );
  const other = turn().then(() => order.push('other'));
  ending.resolve();
  await Promise.all([...preferred, other]);
  expect(order).toEqual(['preferred 1', 'preferred 2', 'other']);
});

test('other work continues after a while, even if priority work is still running', async () => {
  const { withPriority, turn } = createPrecedence(1);
  const ending = Promise.withResolvers<void>();
  const preferred = withPriority(async () => ending.promise);
  await turn();
  ending.resolve();
  await preferred;
});

test('other work continues if priority work failed', async () => {
  const { withPriority, turn } = createPrecedence(LONG_MS);
  const ending = Promise.withResolvers<void>();
  const preferred = withPriority(async () => ending.promise);
  const other = turn();
  ending.reject(new Error('no answer'));
  await expect(preferred).rejects.toThrow('no answer');
  await other;
});
