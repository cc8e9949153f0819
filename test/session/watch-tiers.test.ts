import { expect, test } from 'vitest';
import { SESSION_PHASES } from '../../src/session/lifecycle.ts';
import { jittered, lookInterval } from '../../src/session/watch-tiers.ts';

const MINUTE = 60_000;

test.each([
  ['moves', 'working', 'running', 0, 10_000],
  ['moved within ten minutes', 'finished', 'running', 9 * MINUTE, 10_000],
  ['has been quiet for ten minutes', 'working', 'running', 10 * MINUTE, 30_000],
  ['has been quiet for an hour', 'needs-you', 'running', 60 * MINUTE, 60_000],
  ['sleeps', 'asleep', 'suspended', 10 * MINUTE, 10 * MINUTE],
  ['has finished', 'finished', 'running', 10 * MINUTE, 10 * MINUTE],
  ['is capped', 'capped', 'suspended', 10 * MINUTE, 10 * MINUTE],
  ['is in a state nobody knows', 'other', 'daydreaming', 10 * MINUTE, 30_000],
  ['has ended', 'ended', 'exit', 0, null],
  ['had finished and ended', 'finished', 'exit', 0, null],
  ['failed', 'failed', 'error', 0, null],
  ['is gone', 'gone', 'running', 0, 24 * 60 * MINUTE],
  ['is gone, and had ended before', 'gone', 'exit', 0, null],
] as const)('a session that %s is looked at in time', (_what, phase, status, quietMs, interval) => {
  expect(lookInterval({ phase, status, quietMs }, 10_000)).toBe(interval);
});

test.each(SESSION_PHASES.filter((phase) => phase !== 'gone'))(
  'a session in phase %s is looked at no more often than the setting allows',
  (phase) => {
    const intervals = [0, 11 * MINUTE, 100 * MINUTE].map((quietMs) =>
      lookInterval({ phase, status: 'running', quietMs }, 20 * MINUTE),
    );
    expect(intervals).toEqual([20 * MINUTE, 20 * MINUTE, 20 * MINUTE]);
  },
);

test('chance makes an interval a tenth shorter at most, and never longer', () => {
  expect([0, 0.5, 1].map((random) => jittered(1000, random))).toEqual([1000, 950, 900]);
});
