import { expect, test } from 'vitest';
import { recheckInterval } from '../../src/create/find-session.ts';

const MINUTE_MS = 60_000;

test('a session without a confirmed create is searched for at growing intervals, for a day', () => {
  const looks: number[] = [];
  for (let at = 0, wait = recheckInterval(0); wait !== null; wait = recheckInterval(at)) {
    at += wait;
    looks.push(at / MINUTE_MS);
  }
  const waits = looks.map((at, index) => at - (looks[index - 1] ?? 0));
  expect(looks.slice(0, 3)).toEqual([1, 2, 3]);
  expect(waits).toEqual(waits.toSorted((a, b) => a - b));
  expect(waits.at(-1)).toBe(60);
  expect(looks.at(-1)).toBeGreaterThanOrEqual(24 * 60);
  expect(looks.length).toBeLessThan(50);
});
