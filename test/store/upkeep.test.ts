import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startUpkeep } from '../../src/store/embedded/upkeep.ts';

const HOUR_MS = 60 * 60_000;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('upkeep waits for the previous run, however long that takes', async () => {
  const checkpoint = Promise.withResolvers<void>();
  const asked: string[] = [];
  const query = async (statement: string) => {
    // The look for tables that grew is on its own.
    if (statement.includes('relpages')) return { rows: [] };
    asked.push(statement);
    await checkpoint.promise;
    return { rows: statement.includes('pg_class') ? [{ name: 'public.notes' }] : [] };
  };
  const upkeep = startUpkeep({ query }, { warn: () => {} });
  await vi.advanceTimersByTimeAsync(HOUR_MS);
  expect(asked).toEqual(['CHECKPOINT']);
  checkpoint.resolve();
  await vi.advanceTimersByTimeAsync(HOUR_MS);
  expect(asked).toContain('VACUUM public.notes');
  await upkeep.stop();
});
