import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createSweep } from '../../src/create/sweep.ts';
import { createLog } from '../../src/log.ts';

const EVERY_MS = 1000;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A sweep on a database that answers on demand. */
async function startedSweep() {
  const looks: PromiseWithResolvers<string[]>[] = [];
  const nothing = async (): Promise<string[]> => Promise.resolve([]);
  const sweep = createSweep({
    readTime: async () => Promise.resolve(),
    now: Date.now,
    requests: {
      expired: async () => [],
      awaitingApproval: async () => [],
      stranded: async () => {
        const look = Promise.withResolvers<string[]>();
        looks.push(look);
        return look.promise;
      },
    },
    cards: { unlined: nothing, teamsInLine: nothing },
    forms: { deleteBefore: async () => Promise.resolve() },
    knownPeople: { deleteBefore: async () => Promise.resolve() },
    replies: { waiting: nothing },
    messages: { waiting: nothing },
    milestones: { waiting: nothing },
    posts: { sweep: async () => Promise.resolve() },
    enqueue: async () => Promise.resolve(),
    unqueued: async (_name, keys) => Promise.resolve([...keys]),
    times: { everyMs: EVERY_MS, strandedMs: 0 },
    log: createLog('silent'),
  });
  const starting = sweep.start({ alone: false });
  looks[0]?.resolve([]);
  await starting;
  return { sweep, looks };
}

test('a sweep waits for the one before, and the stop waits for the sweep', async () => {
  const { sweep, looks } = await startedSweep();
  await vi.advanceTimersByTimeAsync(3 * EVERY_MS);
  expect(looks).toHaveLength(2);
  looks[1]?.resolve([]);
  await vi.advanceTimersByTimeAsync(EVERY_MS);
  expect(looks).toHaveLength(3);
  const ended: string[] = [];
  const stopping = sweep.stop().then(() => ended.push('stopped'));
  await vi.advanceTimersByTimeAsync(EVERY_MS);
  expect(ended).toEqual([]);
  looks[2]?.resolve([]);
  await stopping;
  expect(looks).toHaveLength(3);
});

test('a failed sweep is followed by another', async () => {
  const { sweep, looks } = await startedSweep();
  await vi.advanceTimersByTimeAsync(EVERY_MS);
  looks[1]?.reject(new Error('the database is away'));
  await vi.advanceTimersByTimeAsync(EVERY_MS);
  expect(looks).toHaveLength(3);
  looks[2]?.resolve([]);
  await sweep.stop();
});
