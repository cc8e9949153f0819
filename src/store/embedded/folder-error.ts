import { statfsSync } from 'node:fs';
import { z } from 'zod';
import { OperatorError, type Say } from '../../text/operator-error.ts';

export type Machine = {
  /** How much space is left where the folder is. */
  freeBytes: (folder: string) => number;
  /** How many files the process may have open. */
  mostFiles: () => number;
};

/** A file of the write-ahead log. With less, nothing can be opened, and the error may name anything. */
const LEAST_FREE_BYTES = 16 * 1024 * 1024;

/** Why the folder can't be used, which the error itself may not say. */
export function folderError(
  code: 'folder-unusable' | 'folder-unreadable',
  cause: unknown,
  { dataDir, freeBytes = freeBytesOf, mostFiles = openFileLimit }: Partial<Machine> & { dataDir: string },
): OperatorError {
  // Also if it's in use: the app that uses it can't save anything.
  if (freeBytes(dataDir) < LEAST_FREE_BYTES)
    return new OperatorError('disk-full', ({ store }) => store.diskFull(dataDir), { cause });
  if (cause instanceof OperatorError) return cause;
  // What makes a folder unusable comes before the database is opened, and says what it is.
  if (code === 'folder-unreadable' && mostFiles() < LEAST_FILES)
    return new OperatorError('too-few-files', ({ store }) => store.tooFewFiles(LEAST_FILES), { cause });
  const say: Say = ({ store }) =>
    code === 'folder-unusable' ? store.unusable(dataDir) : store.unreadable(dataDir);
  return new OperatorError(code, say, { cause });
}

/** With fewer, a whole database looks like a damaged one. It opens about 200, and every connection is one. */
export const LEAST_FILES = 1024;

const limitsSchema = z.looseObject({
  userLimits: z.looseObject({ open_files: z.looseObject({ soft: z.number() }) }),
});

/** https://nodejs.org/api/report.html */
export function openFileLimit(): number {
  // It may also be 'unlimited', and Windows has none.
  return limitsSchema.safeParse(process.report.getReport()).data?.userLimits.open_files.soft ?? Infinity;
}

function freeBytesOf(folder: string): number {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    // There is no such folder.
    return Infinity;
  }
}
