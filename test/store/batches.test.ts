import { expect, test } from 'vitest';
import { inBatches } from '../../src/store/commit.ts';

test('a single item is a batch, and items that come meanwhile make the next', async () => {
  const batches: number[][] = [];
  const double = inBatches(async (items: number[]) => {
    batches.push(items);
    return Promise.resolve(items.map((item) => item * 2));
  }, 3);
  expect(await Promise.all([1, 2, 3, 4, 5].map(double))).toEqual([2, 4, 6, 8, 10]);
  expect(batches).toEqual([[1], [2, 3, 4], [5]]);
  expect(await double(6)).toBe(12);
});

test('a batch that never ends delays the next, but not for long', async () => {
  const { promise: never } = Promise.withResolvers<number[]>();
  const echo = inBatches(async (items: number[]) => (items.includes(1) ? never : Promise.resolve(items)), 3);
  void echo(1);
  expect(await Promise.all([2, 3].map(echo))).toEqual([2, 3]);
});

test("a failed item doesn't affect the others in its batch", async () => {
  const check = inBatches(async (items: number[]) => {
    if (items.includes(3)) return Promise.reject(new Error('three'));
    return Promise.resolve(items);
  }, 10);
  const outcomes = await Promise.allSettled([1, 2, 3, 4].map(check));
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
  expect(await check(5)).toBe(5);
});
