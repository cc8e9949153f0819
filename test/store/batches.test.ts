import { expect, test } from 'vitest';
import { inBatches } from '../../src/store/commit.ts';

test('items that come while a batch is in progress are the next one', async () => {
  const batches: number[][] = [];
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  const echo = inBatches(async (items: number[]) => {
    batches.push(items);
    begin();
    await released;
    return items;
  }, 10);
  const first = echo(1);
  await begun;
  const rest = [2, 3].map(echo);
  release();
  expect(await Promise.all([first, ...rest])).toEqual([1, 2, 3]);
  expect(batches).toEqual([[1], [2, 3]]);
});

test('a batch that never ends delays the next, but not for long', async () => {
  const { promise: never } = Promise.withResolvers<number[]>();
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  const echo = inBatches(async (items: number[]) => {
    begin();
    return items.includes(1) ? never : Promise.resolve(items);
  }, 3);
  void echo(1);
  await begun;
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
