import { expect, test } from 'vitest';
import { elapsedStep, untilNextStep, waitedStep } from '../../src/session/lifecycle.ts';

const MINUTE = 60_000;

test.each([
  [0, 0],
  [4 * MINUTE + 59_000, 0],
  [5 * MINUTE, 5 * MINUTE],
  [59 * MINUTE, 55 * MINUTE],
  [95 * MINUTE, 90 * MINUTE],
  [7 * 60 * MINUTE, 6 * 60 * MINUTE],
])("%i ms count as %i ms, so that time alone doesn't edit a card every minute", (elapsedMs, step) => {
  expect(elapsedStep(elapsedMs)).toBe(step);
});

test('a card that waits for an hour is redrawn fifteen times', () => {
  const drawnAt: number[] = [];
  for (let atMs = 0; atMs < 60 * MINUTE; atMs += untilNextStep(atMs)) drawnAt.push(atMs);
  expect(drawnAt.slice(0, 7)).toEqual([0, 10_000, 30_000, MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE]);
  expect(drawnAt).toHaveLength(16);
  // Each of them shows something new, and nothing does in between.
  expect(new Set(drawnAt.map(waitedStep)).size).toBe(16);
  for (const atMs of drawnAt) expect(waitedStep(atMs)).toBe(waitedStep(atMs + untilNextStep(atMs) - 1));
});
