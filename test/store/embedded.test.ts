import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fsyncSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { sql } from 'kysely';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openDatabase } from '../../src/store/database.ts';
import { openEmbedded } from '../../src/store/embedded/embedded.ts';
import { lockFolder } from '../../src/store/embedded/lock.ts';
import { runUpkeep, startUpkeep } from '../../src/store/embedded/upkeep.ts';
import { useEmbedded, useFolder } from '../support/databases.ts';
import { copyEmpty } from '../support/folders.ts';

const open = useEmbedded();
const folder = useFolder();
const quiet = { warn: () => {} };
const writerPath = fileURLToPath(new URL('writer.ts', import.meta.url));

/** A process that writes until it is killed, and which ids it was told are stored. */
async function startWriter(dataDir: string) {
  await copyEmpty(dataDir);
  const child = spawn(process.execPath, ['--liftoff-only', writerPath, dataDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const ids: number[] = [];
  const lines = createInterface({ input: child.stdout });
  const written = Promise.withResolvers<void>();
  lines.on('line', (line) => {
    ids.push(Number(line));
    if (ids.length === 200) written.resolve();
  });
  const exited = once(child, 'close');
  await Promise.race([written.promise, exited]);
  return {
    pid: child.pid,
    ids,
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

test('every row is on the disk before its insert is acknowledged', async () => {
  let synced = 0;
  const { db } = await open({
    fsync: (fd) => {
      synced += 1;
      fsyncSync(fd);
    },
  });
  await sql`create table notes (id int)`.execute(db);
  synced = 0;
  for (let id = 0; id < 50; id++) await sql`insert into notes values (${id})`.execute(db);
  expect(synced).toBeGreaterThanOrEqual(50);
});

test('a disk that fails ends the database, and what it refused to keep is not acknowledged', async () => {
  let broken = false;
  const fatal: string[] = [];
  const database = await open({
    fsync: (fd) => {
      if (broken) throw Object.assign(new Error('disk failed'), { code: 'EIO' });
      fsyncSync(fd);
    },
    onFatal: ({ code }) => fatal.push(code),
  });
  await sql`create table notes (id int)`.execute(database.db);
  await sql`insert into notes values (1)`.execute(database.db);
  broken = true;
  await expect(sql`insert into notes values (2)`.execute(database.db)).rejects.toThrow('could not fsync');
  broken = false;
  await expect(database.ping()).rejects.toThrow('could not fsync');
  expect(fatal).toEqual(['disk-failed']);
  await database.close();

  const next = await open({ dataDir: database.options.dataDir });
  const { rows } = await sql<{ id: number }>`select id from notes`.execute(next.db);
  expect(rows).toContainEqual({ id: 1 });
});

describe('a process that is killed', () => {
  test('leaves every acknowledged row to the next one', async () => {
    const dataDir = join(folder(), 'killed');
    const writer = await startWriter(dataDir);
    await writer.kill();
    const database = await openDatabase({ dataDir });
    const { rows } = await sql<{ id: number }>`select id from notes`.execute(database.db);
    await database.close();
    expect(writer.ids.length).toBeGreaterThanOrEqual(200);
    expect(rows.map(({ id }) => id)).toEqual(expect.arrayContaining(writer.ids));
  });
});

describe('a folder in use', () => {
  test('is refused to a second process, naming the folder and who has it', async () => {
    const dataDir = join(folder(), 'shared');
    const writer = await startWriter(dataDir);
    const second = openDatabase({ dataDir });
    await expect(second).rejects.toMatchObject({ code: 'folder-in-use' });
    await expect(second).rejects.toThrow(dataDir);
    await expect(second).rejects.toThrow(`pid ${writer.pid}`);
    await writer.kill();
  });

  test('is refused to the same process too, and free once closed', async () => {
    const first = await open();
    const { options } = first;
    await expect(openDatabase(options)).rejects.toMatchObject({ code: 'folder-in-use' });
    await first.close();
    await expect(open(options)).resolves.toMatchObject({ kind: 'embedded' });
  });

  test('stays refused when nothing refers to the lock any more', () => {
    const dataDir = join(folder(), 'forgotten');
    mkdirSync(dataDir);
    lockFolder(dataDir);
    setFlagsFromString('--expose-gc');
    runInNewContext('gc()');
    expect(() => lockFolder(dataDir)).toThrow(dataDir);
  });

  test('is free when the pid left in it belongs to somebody else by now', async () => {
    const first = await open();
    const { options } = first;
    await first.close();
    writeFileSync(join(options.dataDir, 'database.pid'), `${process.ppid}\n`);
    await expect(open(options)).resolves.toMatchObject({ kind: 'embedded' });
  });
});

describe('the first start', () => {
  test('starts anew after it was cut off halfway, hidden from other users', async () => {
    const dataDir = join(folder(), 'halfway');
    mkdirSync(join(dataDir, 'database'), { recursive: true });
    writeFileSync(join(dataDir, 'database', 'PG_VERSION'), '18\n');
    writeFileSync(join(dataDir, 'database.incomplete'), '');
    const database = await openDatabase({ dataDir });
    await expect(database.ping()).resolves.toBeUndefined();
    await database.close();
    expect(readdirSync(dataDir).toSorted()).toEqual(['database', 'database.lock']);
    expect(statSync(join(dataDir, 'database')).mode & 0o077).toBe(0);
  });

  test('says that DATA_DIR must be a folder when it is a file', async () => {
    const dataDir = join(folder(), 'file');
    writeFileSync(dataDir, '');
    const opening = openDatabase({ dataDir });
    await expect(opening).rejects.toMatchObject({ code: 'folder-unusable' });
    await expect(opening).rejects.toThrow(`DATA_DIR ${dataDir}`);
  });

  test('leaves a damaged database alone and says so', async () => {
    const dataDir = join(folder(), 'damaged');
    mkdirSync(join(dataDir, 'database'), { recursive: true });
    writeFileSync(join(dataDir, 'database', 'PG_VERSION'), '18\n');
    await expect(openDatabase({ dataDir })).rejects.toMatchObject({ code: 'folder-unreadable' });
    expect(readdirSync(join(dataDir, 'database'))).toContain('PG_VERSION');
  });
});

describe('upkeep', () => {
  test('trims the write-ahead log, which nothing else does', async () => {
    const first = await open();
    const { options } = first;
    await first.close();
    const embedded = await openEmbedded({ dataDir: options.dataDir, log: quiet });
    const { pglite } = embedded;
    const walFiles = () =>
      readdirSync(join(options.dataDir, 'database', 'pg_wal')).filter((name) => /^[\dA-F]{24}$/.test(name));
    await pglite.exec('create table notes (text text)');
    for (let round = 0; round < 8; round++) {
      await pglite.exec(`insert into notes select repeat('x', 1000) from generate_series(1, 16000)`);
    }
    const before = walFiles().length;
    await runUpkeep(pglite, { vacuum: true });
    expect(walFiles().length).toBeLessThan(before);
    await embedded.close();
  });

  test('stops without harm, also while it has not run yet', async () => {
    const upkeep = startUpkeep({ exec: () => Promise.resolve() }, quiet);
    await upkeep.stop();
    await expect(upkeep.stop()).resolves.toBeUndefined();
  });
});
