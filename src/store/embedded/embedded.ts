import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { OperatorError, type Say } from '../../text/operator-error.ts';
import { startDatabaseThread, type DatabaseThread } from './database-thread.ts';
import { tableNames, TABLES } from './upkeep.ts';

export type Embedded = {
  thread: DatabaseThread;
  /** Resolves if the disk or the thread fails: the database no longer answers in this process. */
  failed: Promise<OperatorError>;
  close(): Promise<void>;
};

type EmbeddedOptions = {
  dataDir: string;
  /** Another program for the database's thread. */
  program?: URL | undefined;
  /** How much space is left where the folder is. */
  freeBytes?: (folder: string) => number;
};

/** Opens the database in `dataDir/database`, and creates it if there is none. One process at a time. */
export async function openEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const dataDir = resolve(options.dataDir);
  const { freeBytes = freeBytesOf } = options;
  const failure = (cause: unknown, why: 'unusable' | 'unreadable'): OperatorError => {
    // First, since an error may name anything then, and an app that uses the folder can't save anything.
    if (freeBytes(dataDir) < LEAST_FREE_BYTES)
      return new OperatorError('disk-full', ({ store }) => store.diskFull(dataDir), { cause });
    if (cause instanceof OperatorError) return cause;
    return new OperatorError(`folder-${why}`, ({ store }) => store[why](dataDir), { cause });
  };
  const claim = (): (() => void) => {
    try {
      makeFolder(dataDir);
      return lockFolder(dataDir);
    } catch (error) {
      throw failure(error, 'unusable');
    }
  };
  const release = claim();
  const { promise: failed, resolve: fail } = Promise.withResolvers<OperatorError>();
  const thread = startDatabaseThread((cause) => {
    const say: Say = ({ store }) => store.diskFailed(databaseIn(dataDir), cause.message);
    fail(new OperatorError('disk-failed', say, { cause }));
  }, options.program);
  try {
    await openFolder(dataDir, thread);
  } catch (error) {
    await thread.abandon();
    release();
    throw failure(error, 'unreadable');
  }
  return {
    thread,
    failed,
    async close() {
      await thread.close();
      release();
    },
  };
}

/** A file of the write-ahead log. With less, nothing can be opened. */
const LEAST_FREE_BYTES = 16 * 1024 * 1024;

function freeBytesOf(folder: string): number {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    // There is no such folder.
    return Infinity;
  }
}

/** With `recursive`, Node.js never returns in /proc, where nothing can be made. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  mkdirSync(folder, { mode: 0o700 });
}

const databaseIn = (dataDir: string): string => join(dataDir, 'database');
const markerIn = (dataDir: string): string => join(dataDir, 'database.incomplete');

/** `incomplete`: files without a database, such as a half-restored backup, which a new one would hide. */
export function contentOf(dataDir: string): 'nothing' | 'incomplete' | 'database' {
  // A crash during the first start leaves half a database, and the marker: nothing was promised yet.
  if (existsSync(markerIn(dataDir))) return 'nothing';
  const folder = databaseIn(dataDir);
  if (existsSync(join(folder, 'PG_VERSION'))) return 'database';
  return existsSync(folder) && readdirSync(folder).length > 0 ? 'incomplete' : 'nothing';
}

async function openFolder(dataDir: string, thread: DatabaseThread): Promise<void> {
  const [folder, marker] = [databaseIn(dataDir), markerIn(dataDir)];
  const content = contentOf(dataDir);
  if (content === 'incomplete')
    throw new OperatorError('folder-incomplete', ({ store }) => store.unreadable(dataDir));
  const fresh = content === 'nothing';
  if (fresh) {
    if (existsSync(marker)) rmSync(folder, { recursive: true, force: true });
    writeFileSync(marker, '');
    syncFolder(dataDir);
    makeFolder(folder);
  }
  await thread.open(folder, fresh);
  await checkReadable(thread);
  if (fresh) {
    rmSync(marker);
    syncFolder(dataDir);
  }
}

/** Reads the first page of each table: a damaged one must not wait until a person needs it. */
async function checkReadable(thread: DatabaseThread): Promise<void> {
  const tables = tableNames(await thread.query(TABLES));
  await thread.query(tables.map((table) => `select 1 from ${table} limit 1`).join(';'));
}

/** Only a folder's own fsync makes new and removed names in it durable. */
function syncFolder(folder: string): void {
  const fd = openSync(folder, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** An open file that nobody refers to is closed by the garbage collector, and its lock ends with it. */
const held = new Set<DatabaseSync>();

/**
 * Takes the folder for this process: two processes on one PGlite folder corrupt it. The lock is the operating system's, so
 * it ends with the process however that dies; Node has no other way to one than to open an SQLite file exclusively. A pid in
 * a file can't tell: pids are reused, and are all 1 in containers that share a volume.
 * https://sqlite.org/lockingv3.html
 */
function lockFolder(folder: string): () => void {
  const lock = new DatabaseSync(join(folder, 'database.lock'), { timeout: 0 });
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    lock.close();
    if (!isBusy(cause)) throw cause;
    throw new OperatorError('folder-in-use', ({ store }) => store.inUse(folder), { cause });
  }
  held.add(lock);
  return () => {
    if (held.delete(lock)) lock.close();
  };
}

/** SQLITE_BUSY, https://sqlite.org/rescode.html#busy */
const BUSY = 5;

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === BUSY;
}
