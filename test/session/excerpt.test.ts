import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { excerptAround } from '../../src/session/prompt.ts';

test('keeps the first message, the picked one and the nearest, in order', () => {
  const items = Array.from({ length: 20 }, (_, at) => at);
  expect(excerptAround(items, 10, { room: 6, cost: () => 1 })).toEqual([0, 8, 9, 10, 11, 12]);
  expect(excerptAround(items, 0, { room: 4, cost: () => 1 })).toEqual([0, 1, 2, 3]);
  expect(excerptAround(items, 19, { room: 4, cost: () => 1 })).toEqual([0, 17, 18, 19]);
  expect(excerptAround(items, 10, { room: 100, cost: () => 1 })).toEqual(items);
});

test('always keeps the first and the picked message, and stays within its limit otherwise', () => {
  const list = fc.array(fc.nat(50), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(list, fc.nat(), fc.nat(500), (costs, anywhere, room) => {
      const items = costs.map((cost, at) => ({ cost, at }));
      const picked = anywhere % items.length;
      const kept = excerptAround(items, picked, { room, cost: ({ cost }) => cost });
      const at = kept.map((item) => item.at);
      expect(at).toEqual(at.toSorted((a, b) => a - b));
      expect(at).toEqual(expect.arrayContaining([0, picked]));
      const beside = kept.filter((item) => item.at !== 0 && item.at !== picked);
      const both = (costs[0] ?? 0) + (picked === 0 ? 0 : (costs[picked] ?? 0));
      expect(beside.reduce((sum, { cost }) => sum + cost, 0)).toBeLessThanOrEqual(Math.max(room - both, 0));
    }),
  );
});
