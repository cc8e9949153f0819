import { Worker } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { READERS } from './readers.ts';

/**
 * Linear code reads a text of this length within a tenth of a second, quadratic code within seconds at best: the
 * limit is far from both, so it counts steps, however busy the machine is.
 */
const LENGTH = 100_000;
const LIMIT_MS = 6000;
const MEMORY = { maxOldGenerationSizeMb: 256 };

/** The text that wasn't read within the limit; null: all were. */
async function unreadable(reader: string): Promise<string | null> {
  const worker = new Worker(new URL('worker.ts', import.meta.url), {
    workerData: { reader, length: LENGTH },
    resourceLimits: MEMORY,
  });
  let current = 'the first';
  return new Promise((resolve) => {
    const tooLong = () => {
      resolve(current);
      void worker.terminate();
    };
    // Until the first one, the worker loads the readers.
    let timer: NodeJS.Timeout | undefined;
    worker.on('message', (label: string) => {
      current = label;
      clearTimeout(timer);
      timer = setTimeout(tooLong, LIMIT_MS);
    });
    worker.on('error', (error) => resolve(`${current}: ${String(error)}`));
    worker.on('exit', (code) => {
      clearTimeout(timer);
      resolve(code === 0 ? null : current);
    });
  });
}

describe('reads any text in steps that grow with its length', () => {
  test.each(Object.keys(READERS))('%s', { timeout: 120_000 }, async (reader) => {
    expect(await unreadable(reader)).toBeNull();
  });
});
