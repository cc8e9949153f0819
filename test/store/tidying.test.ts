import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createLog } from '../../src/log.ts';
import { createTidying } from '../../src/store/retention.ts';

const HOUR_MS = 60 * 60_000;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** What each run is asked to remove, and does. */
function setUp(run: (signal: AbortSignal) => Promise<void>) {
  const asked: number[] = [];
  const removeExpired = async (days: number, signal: AbortSignal): Promise<void> => {
    asked.push(days);
    return run(signal);
  };
  const tidying = createTidying({
    removeExpired,
    retentionDays: 90,
    log: createLog('silent'),
  });
  return { tidying, asked };
}

test('old text is removed at the start and every hour, even after a failure', async () => {
  const { tidying, asked } = setUp(async () => Promise.reject(new Error('the disk is full')));
  tidying.start();
  tidying.start();
  expect(asked).toEqual([90]);
  await vi.advanceTimersByTimeAsync(2 * HOUR_MS);
  expect(asked).toEqual([90, 90, 90]);
  await tidying.stop();
  await vi.advanceTimersByTimeAsync(HOUR_MS);
  expect(asked).toHaveLength(3);
});

test('a stop interrupts the removal of old text, and waits until it has ended', async () => {
  const events: string[] = [];
  const { tidying } = setUp(async (signal) => {
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    await Promise.resolve();
    events.push('run ended');
  });
  tidying.start();
  await tidying.stop();
  await tidying.stop();
  expect(events).toEqual(['run ended']);
});

test('removing old text that never started can be stopped', async () => {
  const { tidying, asked } = setUp(async () => Promise.resolve());
  await tidying.stop();
  expect(asked).toEqual([]);
});
