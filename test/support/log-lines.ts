import { Writable } from 'node:stream';
import { createLog } from '../../src/log.ts';

/** A log of everything, and what was written to it. */
export function captureLog(passedMs?: () => number) {
  const lines: string[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString());
      done();
    },
  });
  return { log: createLog('trace', stream, passedMs), text: () => lines.join('') };
}
