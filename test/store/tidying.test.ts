import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createLog } from '../../src/log.ts';
import { startTidying } from '../../src/store/retention.ts';

const HOUR_MS = 60 * 60_000;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Counts the runs. */
function setUp(run: (signal: AbortSignal) => Promise<void>) {
  const runs: AbortSignal[] = [];
  const tidy = async (signal: AbortSignal): Promise<void> => {
    runs.push(signal);
    return run(signal);
  };
  return { tidying: startTidying(tidy, createLog('silent')), runs };
}

test('old text is removed at the start and every hour, even after a failure', async () => {
  const { tidying, runs } = setUp(async () => Promise.reject(new Error('the disk is full')));
  expect(runs).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(2 * HOUR_MS);
  expect(runs).toHaveLength(3);
  await tidying.stop();
  await vi.advanceTimersByTimeAsync(HOUR_MS);
  expect(runs).toHaveLength(3);
});

test('a stop interrupts the removal of old text, and waits until it has ended', async () => {
  const events: string[] = [];
  const { tidying } = setUp(async (signal) => {
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    await Promise.resolve();
    events.push('run ended');
  });
  await tidying.stop();
  await tidying.stop();
  expect(events).toEqual(['run ended']);
});
