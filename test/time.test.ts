import { expect, test } from 'vitest';
import { remembered } from '../src/time.ts';

test('an answer counts for a minute, and not if the clock was set back since', async () => {
  let [asked, nowMs] = [0, 0];
  const ask = remembered(async () => Promise.resolve((asked += 1)), { keyOf: () => '', now: () => nowMs });
  expect([await ask(null), await ask(null)]).toEqual([1, 1]);
  nowMs = 60_000;
  expect([await ask(null), await ask(null)]).toEqual([2, 2]);
  nowMs = 59_000;
  expect(await ask(null)).toBe(3);
});
