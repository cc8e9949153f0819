import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { OperatorError, type Say } from '../../text/operator-error.ts';
import { startDatabaseThread, type DatabaseThread } from './database-thread.ts';
import { folderError, type Machine } from './folder-error.ts';
import { tableNames, TABLES } from './upkeep.ts';

export type Embedded = {
  thread: DatabaseThread;
  /** Resolves if the disk or the thread fails: the database no longer answers in this process. */
  failed: Promise<OperatorError>;
  close(): Promise<void>;
};

type EmbeddedOptions = Partial<Machine> & {
  dataDir: string;
  /** Another program for the database's thread. */
  program?: URL;
};

/** Opens the database in `dataDir/database`, and creates it if there is none. One process at a time. */
export async function openEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const dataDir = resolve(options.dataDir);
  const lock = claimFolder(dataDir, options);
  try {
    const { thread, failed } = await openFolder(dataDir, options);
    return {
      thread,
      failed,
      async close() {
        await thread.close();
        lock.release();
      },
    };
  } catch (error) {
    lock.release();
    throw folderError('folder-unreadable', error, { ...options, dataDir });
  }
}

function claimFolder(dataDir: string, options: EmbeddedOptions): FolderLock {
  try {
    makeFolder(dataDir);
    return lockFolder(dataDir);
  } catch (error) {
    throw folderError('folder-unusable', error, { ...options, dataDir });
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

async function openFolder(dataDir: string, options: EmbeddedOptions): Promise<Started> {
  const [folder, marker] = [databaseIn(dataDir), markerIn(dataDir)];
  const content = contentOf(dataDir);
  if (content === 'database') return startThread(folder, { ...options, fresh: false });
  if (content === 'incomplete')
    throw new OperatorError('folder-incomplete', ({ store }) => store.incomplete(dataDir));

  if (existsSync(marker)) rmSync(folder, { recursive: true, force: true });
  writeFileSync(marker, '');
  syncFolder(dataDir);
  makeFolder(folder);
  const started = await startThread(folder, { ...options, fresh: true });
  rmSync(marker);
  syncFolder(dataDir);
  return started;
}

type Started = Pick<Embedded, 'thread' | 'failed'>;
type FolderOptions = Pick<EmbeddedOptions, 'program'> & { fresh: boolean };

async function startThread(folder: string, { program, fresh }: FolderOptions): Promise<Started> {
  const { promise: failed, resolve: fail } = Promise.withResolvers<OperatorError>();
  let isOpen = false;
  const thread = startDatabaseThread({
    ...(program !== undefined && { program }),
    onFatal: (cause) => {
      if (!isOpen) return;
      const say: Say = ({ store }) => store.diskFailed(folder, cause.message);
      fail(new OperatorError('disk-failed', say, { cause }));
    },
  });
  try {
    await thread.open(folder, fresh);
    await checkReadable(thread);
    isOpen = true;
    return { thread, failed };
  } catch (error) {
    await thread.abandon();
    throw error;
  }
}

/** Reads the first page of each table: a damaged one must not wait until a person needs it. */
async function checkReadable(thread: DatabaseThread): Promise<void> {
  const tables = tableNames(await thread.exec(TABLES));
  await thread.exec(tables.map((table) => `select 1 from ${table} limit 1`).join(';'));
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

type FolderLock = { release(): void };

/** An open file that nobody refers to is closed by the garbage collector, and its lock ends with it. */
const held = new Set<DatabaseSync>();

/**
 * Takes the folder for this process: two processes on one PGlite folder corrupt it. The lock is the operating system's, so
 * it ends with the process however that dies; Node has no other way to one than to open an SQLite file exclusively. A pid in
 * a file can't tell: pids are reused, and are all 1 in containers that share a volume. It is only for the message.
 * https://sqlite.org/lockingv3.html
 */
function lockFolder(folder: string): FolderLock {
  const pidFile = join(folder, 'database.pid');
  const lock = takeLock(join(folder, 'database.lock'));
  if (lock === null) {
    const pid = readPid(pidFile);
    throw new OperatorError('folder-in-use', ({ store }) => store.inUse(folder, pid));
  }
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
