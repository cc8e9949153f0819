import { appendFileSync, fsyncSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import { serve, type Call } from '../../src/store/embedded/serve.ts';

/** Runs the embedded database, and records each order and each fsync as a line of JSON in the file TRACED_DATABASE. */
const file = process.env['TRACED_DATABASE'] ?? '';
const note = (line: object): void => appendFileSync(file, `${JSON.stringify(line)}\n`);

if (parentPort === null) throw new Error('This program runs in a thread.');
parentPort.on('message', ({ order }: Call) => note(order));
serve(parentPort, (fd) => {
  fsyncSync(fd);
  note({ do: 'fsync' });
});
