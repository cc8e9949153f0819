import { parentPort } from 'node:worker_threads';
import { serve } from '../../src/store/embedded/serve.ts';

/** Runs the embedded database until a statement asks for the end of its thread. */
if (parentPort === null) throw new Error('This program runs in a thread.');
parentPort.on('message', (call: unknown) => {
  if (JSON.stringify(call).includes('end this thread')) process.exit(7);
});
serve(parentPort);
