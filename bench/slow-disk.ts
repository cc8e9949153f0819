import { fsyncSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import { serve } from '../src/store/embedded/serve.ts';

/** A busy disk needs this long to flush. */
const FLUSH_MS = 10;

if (parentPort === null) throw new Error('This program runs in a thread.');
serve(parentPort, (fd) => {
  fsyncSync(fd);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, FLUSH_MS);
});
