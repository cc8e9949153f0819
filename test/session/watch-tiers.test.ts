import { expect, test } from 'vitest';
import { goesFirst, pollInterval, SESSION_PHASES } from '../../src/session/lifecycle.ts';

/** Sessions that one request asks about. */
const BATCH = 50;
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

test.each([
  ['moves', 'working', 'running', 0, 10_000],
  ['changed within ten minutes', 'finished', 'running', 9 * MINUTE, 10_000],
  ['has been quiet for ten minutes', 'working', 'running', 10 * MINUTE, 30_000],
  ['has been quiet for an hour', 'needs-you', 'running', 60 * MINUTE, 60_000],
  ['sleeps', 'asleep', 'suspended', 10 * MINUTE, 10 * MINUTE],
  ['has finished', 'finished', 'running', 10 * MINUTE, 10 * MINUTE],
  ['has slept for two hours', 'asleep', 'suspended', 120 * MINUTE, 10 * MINUTE],
  ['has slept for a day', 'asleep', 'suspended', DAY, DAY / 12],
  ['has slept for two weeks', 'asleep', 'suspended', 14 * DAY, DAY],
  ['has slept for a month', 'asleep', 'suspended', 30 * DAY, null],
  ['needs someone for a month', 'needs-you', 'running', 30 * DAY, MINUTE],
  ['has been gone for a month', 'gone', 'suspended', 30 * DAY, null],
  ['is capped', 'capped', 'suspended', 10 * MINUTE, 10 * MINUTE],
  ['has ended', 'ended', 'exit', 0, null],
  ['had finished and ended', 'finished', 'exit', 0, null],
  ['failed', 'failed', 'error', 0, null],
  ['is gone', 'gone', 'running', 0, 24 * 60 * MINUTE],
  ['is gone, and had ended before', 'gone', 'exit', 0, null],
] as const)('a session that %s is looked at in time', (_what, phase, status, quietMs, interval) => {
  expect(pollInterval({ phase, status, quietMs }, 10_000)).toBe(interval);
});

test.each(SESSION_PHASES.filter((phase) => phase !== 'gone'))(
  'a session in phase %s is polled no more often than the setting allows',
  (phase) => {
    const intervals = [0, 11 * MINUTE, 100 * MINUTE].map((quietMs) =>
      pollInterval({ phase, status: 'running', quietMs }, 20 * MINUTE),
    );
    expect(intervals).toEqual([20 * MINUTE, 20 * MINUTE, 20 * MINUTE]);
  },
);

test.each([
  ['works', 'working', 60 * MINUTE, true],
  ['has just finished', 'finished', MINUTE, true],
  ['sleeps', 'asleep', 60 * MINUTE, false],
  ['is gone', 'gone', 0, false],
] as const)('a session that %s goes before others, or not', (_what, phase, quietMs, first) => {
  expect(goesFirst({ phase, quietMs })).toBe(first);
});

test('50,000 sleeping sessions of a year need fewer than 15 lists an hour', () => {
  const count = 50_000;
  const looksADay = Array.from({ length: count }, (_, index) => {
    const quietMs = ((index + 1) / count) * 365 * DAY;
    const intervalMs = pollInterval({ phase: 'asleep', status: 'suspended', quietMs }, 10_000);
    return intervalMs === null ? 0 : DAY / intervalMs;
  }).reduce((sum, looks) => sum + looks, 0);
  expect(looksADay / 24 / BATCH).toBeLessThan(15);
});
