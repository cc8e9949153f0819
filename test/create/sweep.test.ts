import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createSweep } from '../../src/create/sweep.ts';
import { createLog } from '../../src/log.ts';

const EVERY_MS = 1000;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

type SweepDeps = Parameters<typeof createSweep>[0];

const nothing = async (): Promise<string[]> => Promise.resolve([]);
const NOTHING_LEFT: SweepDeps = {
  readTime: async () => Promise.resolve(),
  store: {
    requests: { expired: nothing, stranded: nothing },
    replies: { waiting: nothing },
    messages: { waiting: nothing },
  },
  moveLocked: async () => Promise.resolve(false),
  now: Date.now,
  enqueue: async () => Promise.resolve(),
  sayWords: async () => Promise.resolve(),
  unqueued: async (_name, keys) => Promise.resolve([...keys]),
  times: { everyMs: EVERY_MS, strandedMs: 15_000 },
  log: createLog('silent'),
};

/** A sweep on a database that answers on demand. */
async function startedSweep() {
  const looks: PromiseWithResolvers<string[]>[] = [];
  const sweep = createSweep({
    ...NOTHING_LEFT,
    store: {
      ...NOTHING_LEFT.store,
      requests: {
        ...NOTHING_LEFT.store.requests,
        stranded: async () => {
          const look = Promise.withResolvers<string[]>();
          looks.push(look);
          return look.promise;
        },
      },
    },
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

test.each([
  ['at its start, whatever its age if no other process runs', true, 0, 0],
  ['at its start, beside other processes', false, 15_000, 600_000],
])('what a dead process left behind is queued again %s', async (_when, alone, strandedMs, waitingMs) => {
  const queued: string[] = [];
  const ended: string[] = [];
  const ages: number[] = [];
  const aged = (id: string) => async (ms: number) => (ages.push(ms), Promise.resolve([id]));
  const one = (id: string) => async () => Promise.resolve([id]);
  const sweep = createSweep({
    ...NOTHING_LEFT,
    store: {
      requests: {
        expired: one('expired'),
        stranded: async (ms: number) => (ages.push(ms), Promise.resolve(['left', 'waiting'])),
      },
      replies: { waiting: aged('said') },
      messages: { waiting: aged('heard') },
    },
    // A job for it waits: it only rests.
    unqueued: async (_name, keys) => Promise.resolve(keys.filter((key) => key !== 'waiting')),
    moveLocked: async (id) => (ended.push(id), Promise.resolve(true)),
    enqueue: async (name, data) => void queued.push(`${name} ${Object.values(data).join()}`),
  });
  await sweep.start({ alone });
  const left = ['create-session left', 'relay-to-devin said', 'relay-from-devin heard'];
  expect(queued).toEqual(left);
  expect(ended).toEqual(['expired']);
  expect(ages).toEqual([strandedMs, waitingMs, waitingMs]);
  queued.splice(0);
  await vi.advanceTimersByTimeAsync(EVERY_MS);
  expect(queued).toEqual(left);
  await sweep.stop();
});
