import { expect, test } from 'vitest';
import { elapsedStep } from '../../src/session/elapsed.ts';

const MINUTE = 60_000;

test.each([
  [0, 0],
  [4 * MINUTE + 59_000, 0],
  [5 * MINUTE, 5 * MINUTE],
  [59 * MINUTE, 55 * MINUTE],
  [95 * MINUTE, 90 * MINUTE],
  [7 * 60 * MINUTE, 6 * 60 * MINUTE],
])('%i ms count as %i ms, so that the time alone edits no card every minute', (elapsedMs, step) => {
  expect(elapsedStep(elapsedMs)).toBe(step);
});
