import { existsSync, fsyncSync, mkdirSync, openSync, closeSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { StoreError } from '../store-error.ts';
import { en } from '../../text/index.ts';
import { GuardedPGlite } from './guarded-pglite.ts';
import type { FolderLock } from './lock.ts';
import { lockFolder } from './lock.ts';
import type { Fsync } from './synced-node-fs.ts';
import { SyncedNodeFS } from './synced-node-fs.ts';
import type { UpkeepLog } from './upkeep.ts';
import { startUpkeep } from './upkeep.ts';

export type Embedded = { pglite: GuardedPGlite; close(): Promise<void> };

export type EmbeddedOptions = {
  dataDir: string;
  log: UpkeepLog;
  fsync?: Fsync;
  /** The disk failed: the database answers no more in this process. */
  onFatal?: (error: StoreError) => void;
};

/** PGlite starts with `-F` (no fsync) otherwise. Its WAL is kept small: nothing else trims it in single-user mode. */
const START_PARAMETERS = [
  ...PGlite.defaultStartParams.filter((parameter) => parameter !== '-F'),
  ...[
    'fsync=on',
    'wal_sync_method=fsync',
    'shared_buffers=8MB',
    'min_wal_size=32MB',
    'max_wal_size=64MB',
  ].flatMap((setting) => ['-c', setting]),
];

/** Opens the database in `dataDir/database`, making it first where there is none. Only one process at a time can. */
export async function openEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const dataDir = resolve(options.dataDir);
  const lock = claimFolder(dataDir);
  try {
    const pglite = await openFolder(dataDir, options);
    return withUpkeep({ pglite, lock, log: options.log });
  } catch (error) {
    lock.release();
    if (error instanceof StoreError) throw error;
    throw new StoreError('folder-unreadable', en.store.unreadable(dataDir), { cause: error });
  }
}

function claimFolder(dataDir: string): FolderLock {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    return lockFolder(dataDir);
  } catch (error) {
    if (error instanceof StoreError) throw error;
    throw new StoreError('folder-unusable', en.store.unusable(dataDir), { cause: error });
  }
}

type FolderOptions = Pick<EmbeddedOptions, 'fsync' | 'onFatal'>;

async function openFolder(dataDir: string, options: FolderOptions): Promise<GuardedPGlite> {
  const folder = join(dataDir, 'database');
  const marker = join(dataDir, 'database.incomplete');
  // A crash during the first start leaves half a database, and the marker: nothing was promised yet, so start over.
  if (existsSync(marker)) rmSync(folder, { recursive: true, force: true });
  if (existsSync(join(folder, 'PG_VERSION'))) return startPGlite(folder, options);

  const { dataDir: loadPrepared } = await import('@electric-sql/pglite-prepopulatedfs');
  writeFileSync(marker, '');
  syncFolder(dataDir);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const pglite = await startPGlite(folder, { ...options, loadDataDir: await loadPrepared() });
  rmSync(marker);
  syncFolder(dataDir);
  return pglite;
}

async function startPGlite(
  folder: string,
  options: FolderOptions & { loadDataDir?: Blob },
): Promise<GuardedPGlite> {
  const { fsync, onFatal, loadDataDir } = options;
  const pglite = new GuardedPGlite(
    {
      fs: new SyncedNodeFS(folder, fsync),
      startParams: START_PARAMETERS,
      ...(loadDataDir && { loadDataDir }),
    },
    (panic) =>
      onFatal?.(new StoreError('disk-failed', en.store.diskFailed(folder, panic.message), { cause: panic })),
  );
  await pglite.waitReady;
  return pglite;
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

function withUpkeep({
  pglite,
  lock,
  log,
}: {
  pglite: GuardedPGlite;
  lock: FolderLock;
  log: UpkeepLog;
}): Embedded {
  const upkeep = startUpkeep(pglite, log);
  return {
    pglite,
    async close() {
      await upkeep.stop();
      // A dead one must not write a clean end into its log: the next start recovers from it.
      if (!pglite.dead) await pglite.close();
      lock.release();
    },
  };
}
