import { parentPort, workerData } from 'node:worker_threads';
import { z } from 'zod';
import { READERS } from './readers.ts';
import { hostileTexts, KNOWN_TEXTS } from './texts.ts';

/**
 * Reads hostile texts with each reader it is told, and reports each text before it starts, so that one that never ends
 * is known; null: all are read.
 */
const { length } = z.object({ length: z.int() }).parse(workerData);
const texts = [...KNOWN_TEXTS, ...hostileTexts(length)];

parentPort?.on('message', (reader: string) => {
  for (const { label, text } of texts) {
    parentPort?.postMessage(label);
    READERS[reader]?.(text);
  }
  parentPort?.postMessage(null);
});
