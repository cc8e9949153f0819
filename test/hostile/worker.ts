import { parentPort, workerData } from 'node:worker_threads';
import { z } from 'zod';
import { READERS } from './readers.ts';
import { hostileTexts, KNOWN_TEXTS } from './texts.ts';

/** Reads hostile texts, and reports each before it starts, so that one that never ends is known. */
const { reader, length } = z.object({ reader: z.string(), length: z.int() }).parse(workerData);

for (const { label, text } of [...KNOWN_TEXTS, ...hostileTexts(length)]) {
  parentPort?.postMessage(label);
  READERS[reader]?.(text);
}
