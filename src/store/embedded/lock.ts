import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { StoreError } from '../store-error.ts';

export type FolderLock = { release(): void };

/** An open file that nobody refers to is closed by the garbage collector, and its lock ends with it. */
const held = new Set<DatabaseSync>();

/**
 * Takes the folder for this process: two processes on one PGlite folder corrupt it.
 *
 * The lock is the operating system's own (a record lock, taken by opening an SQLite file exclusively; Node has no
 * other way to one), so it ends with the process however that dies. A file with a pid alone cannot tell: pids are
 * reused, and in containers that share a volume they are all 1. The pid beside it only serves the message.
 * https://sqlite.org/lockingv3.html
 */
export function lockFolder(folder: string): FolderLock {
  const pidFile = join(folder, 'database.pid');
  const lock = takeLock(join(folder, 'database.lock'));
  if (lock === null) throw new StoreError({ code: 'folder-in-use', folder, pid: readPid(pidFile) });
  writeFileSync(pidFile, `${process.pid}\n`);
  return {
    release() {
      if (!lock.isOpen) return;
      rmSync(pidFile, { force: true });
      lock.close();
      held.delete(lock);
    },
  };
}

function takeLock(file: string): DatabaseSync | null {
  const lock = new DatabaseSync(file, { timeout: 0 });
  try {
    lock.exec('BEGIN EXCLUSIVE');
    held.add(lock);
    return lock;
  } catch (error) {
    lock.close();
    if (isBusy(error)) return null;
    throw error;
  }
}

/** SQLITE_BUSY, https://sqlite.org/rescode.html#busy */
const BUSY = 5;

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === BUSY;
}

function readPid(file: string): number | null {
  try {
    const pid = Number(readFileSync(file, 'utf8').trim());
    return Number.isInteger(pid) && pid > 0 ? pid : null;
  } catch {
    return null;
  }
}
