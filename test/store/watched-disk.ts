import { appendFileSync, existsSync, fsyncSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import { serve } from '../../src/store/embedded/serve.ts';

/**
 * Runs the embedded database on a disk that notes every fsync in the file WATCHED_DISK, and fails while that file has
 * a neighbor `.broken`, or hangs while it has one `.hung`.
 */
const log = process.env['WATCHED_DISK'] ?? '';
if (parentPort === null) throw new Error('This program runs in a thread.');
serve(parentPort, (fd) => {
  while (existsSync(`${log}.hung`)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
  if (existsSync(`${log}.broken`)) throw Object.assign(new Error('disk failed'), { code: 'EIO' });
  fsyncSync(fd);
  appendFileSync(log, '.');
});
