import { Worker } from 'node:worker_threads';
import { afterAll, describe, expect, test } from 'vitest';
import { READERS } from './readers.ts';

/**
 * Linear code reads a text of this length within a tenth of a second, quadratic code within seconds at best: the
 * limit is far from both. It is the time of the processor, which a busy machine doesn't use up.
 */
const LENGTH = 40_000;
const LIMIT_US = 1_000_000;
const LOOK_EVERY_MS = 100;
const MEMORY = { maxOldGenerationSizeMb: 256 };

/** One for all readers; after one that doesn't end, another. */
let worker: Worker | null = null;
afterAll(async () => worker?.terminate());

/** The text that wasn't read within the limit; null: all were. */
async function unreadable(reader: string): Promise<string | null> {
  const thread = (worker ??= new Worker(new URL('worker.ts', import.meta.url), {
    workerData: { length: LENGTH },
    resourceLimits: MEMORY,
  }));
  const { promise, resolve } = Promise.withResolvers<string | null>();
  let current = 'the first';
  // Until the first one, the worker loads the readers.
  let since: NodeJS.CpuUsage | null = null;
  const onMessage = (label: string | null): void => {
    if (label === null) return resolve(null);
    [current, since] = [label, process.cpuUsage()];
  };
  const onError = (error: unknown): void => resolve(`${current}: ${String(error)}`);
  const looking = setInterval(() => {
    if (since !== null && spentSince(since) > LIMIT_US) resolve(current);
  }, LOOK_EVERY_MS);
  thread.on('message', onMessage).on('error', onError);
  thread.postMessage(reader);
  const left = await promise;
  clearInterval(looking);
  thread.off('message', onMessage).off('error', onError);
  if (left === null) return null;
  worker = null;
  await thread.terminate();
  return left;
}

/** Microseconds. Besides the worker, this process does nothing meanwhile. */
function spentSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

describe('reads any text in steps that grow with its length', () => {
  test.each(Object.keys(READERS))('%s', { timeout: 120_000 }, async (reader) => {
    expect(await unreadable(reader)).toBeNull();
  });
});
