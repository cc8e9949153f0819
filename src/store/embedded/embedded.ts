import {
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  closeSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { StoreError } from '../store-error.ts';
import { startDatabaseThread } from './database-thread.ts';
import type { DatabaseThread } from './database-thread.ts';
import type { FolderLock } from './lock.ts';
import { lockFolder } from './lock.ts';
import { TABLES, tableNames } from './table-names.ts';

export type Embedded = { thread: DatabaseThread; close(): Promise<void> };

export type EmbeddedOptions = {
  dataDir: string;
  /** What runs in the database's thread, if not the database as it is. */
  program?: URL;
  /** The disk failed, or the thread: the database answers no more in this process. */
  onFatal?: (error: StoreError) => void;
};

/** Opens the database in `dataDir/database`, making it first if there is none. Only one process at a time can. */
export async function openEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const dataDir = resolve(options.dataDir);
  const lock = claimFolder(dataDir);
  try {
    const thread = await openFolder(dataDir, options);
    return {
      thread,
      async close() {
        await thread.close();
        lock.release();
      },
    };
  } catch (error) {
    lock.release();
    if (error instanceof StoreError) throw error;
    throw new StoreError({ code: 'folder-unreadable', folder: dataDir }, { cause: error });
  }
}

function claimFolder(dataDir: string): FolderLock {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    return lockFolder(dataDir);
  } catch (error) {
    if (error instanceof StoreError) throw error;
    throw new StoreError({ code: 'folder-unusable', folder: dataDir }, { cause: error });
  }
}

async function openFolder(dataDir: string, options: EmbeddedOptions): Promise<DatabaseThread> {
  const folder = join(dataDir, 'database');
  const marker = join(dataDir, 'database.incomplete');
  // A crash during the first start leaves half a database, and the marker: nothing was promised yet, so start over.
  if (existsSync(marker)) rmSync(folder, { recursive: true, force: true });
  if (existsSync(join(folder, 'PG_VERSION'))) return startThread(folder, { ...options, fresh: false });

  // What is not empty may be a backup that was restored halfway: a new database in it would hide that.
  if (existsSync(folder) && readdirSync(folder).length > 0)
    throw new StoreError({ code: 'folder-incomplete', folder: dataDir });
  writeFileSync(marker, '');
  syncFolder(dataDir);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const thread = await startThread(folder, { ...options, fresh: true });
  rmSync(marker);
  syncFolder(dataDir);
  return thread;
}

type FolderOptions = Pick<EmbeddedOptions, 'program' | 'onFatal'> & { fresh: boolean };

async function startThread(
  folder: string,
  { program, onFatal, fresh }: FolderOptions,
): Promise<DatabaseThread> {
  let isOpen = false;
  const thread = startDatabaseThread({
    ...(program !== undefined && { program }),
    onFatal: (cause) => {
      if (!isOpen) return;
      onFatal?.(new StoreError({ code: 'disk-failed', folder, reason: cause.message }, { cause }));
    },
  });
  try {
    await thread.open(folder, fresh);
    await checkReadable(thread);
    isOpen = true;
    return thread;
  } catch (error) {
    await thread.abandon();
    throw error;
  }
}

/** Reads the first page of each table: a damaged one would be found only when a person asks for what it holds. */
async function checkReadable(thread: DatabaseThread): Promise<void> {
  for (const table of tableNames(await thread.exec(TABLES)))
    await thread.exec(`select 1 from ${table} limit 1`);
}

/** A folder's own fsync is what makes a new or removed name in it last. */
function syncFolder(folder: string): void {
  const fd = openSync(folder, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
