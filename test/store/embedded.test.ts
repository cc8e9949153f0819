import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import { sql, type Kysely } from 'kysely';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openDatabase } from '../../src/store/database.ts';
import { openEmbedded } from '../../src/store/embedded/embedded.ts';
import { runUpkeep } from '../../src/store/embedded/upkeep.ts';
import type { Tables } from '../../src/store/store.ts';
import { en } from '../../src/text/en.ts';
import { OperatorError } from '../../src/text/operator-error.ts';
import { useEmbedded, useFolder } from '../support/databases.ts';
import { copyEmpty } from '../support/folders.ts';

const open = useEmbedded('empty');
const folder = useFolder();
const writerPath = fileURLToPath(new URL('writer.ts', import.meta.url));

/** A process that writes until it is killed, and the ids that were acknowledged. */
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
    ids,
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/** A database that records each fsync, and whose fsyncs fail while `broken`. */
async function openOnWatchedDisk(onFatal?: (error: OperatorError) => void) {
  const log = join(folder(), `disk-${(disks += 1)}`);
  writeFileSync(log, '');
  // The thread gets it when it starts.
  process.env['WATCHED_DISK'] = log;
  const program = new URL('watched-disk.ts', import.meta.url);
  const database = await open({ program, ...(onFatal && { onFatal }) });
  return {
    database,
    synced: () => statSync(log).size,
    breakDisk: () => writeFileSync(`${log}.broken`, ''),
    mendDisk: () => rmSync(`${log}.broken`),
    hangDisk: () => writeFileSync(`${log}.hung`, ''),
    wakeDisk: () => rmSync(`${log}.hung`),
  };
}
let disks = 0;

test('a known statement sees the current tables', async () => {
  const { db } = await open();
  const read = async () => (await sql`select * from notes`.execute(db)).rows;
  await sql`create table notes (id int)`.execute(db);
  await sql`insert into notes values (1)`.execute(db);
  expect(await read()).toEqual([{ id: 1 }]);
  await sql`alter table notes add column text text default 'new'`.execute(db);
  expect(await read()).toEqual([{ id: 1, text: 'new' }]);
  await db.transaction().execute(async (trx) => {
    await sql`alter table notes drop column id`.execute(trx);
    expect((await sql`select * from notes`.execute(trx)).rows).toEqual([{ text: 'new' }]);
  });
});

test('a failed statement, or more statements than are kept, stop nothing', async () => {
  const { db } = await open();
  const half = async (value: number) => sql<{ half: number }>`select 6 / ${value}::int as half`.execute(db);
  expect((await half(2)).rows).toEqual([{ half: 3 }]);
  await expect(half(0)).rejects.toThrow('division by zero');
  await expect(sql`select * from nowhere`.execute(db)).rejects.toThrow('nowhere');
  for (let at = 0; at < 900; at += 1) await sql`select ${sql.lit(at)}`.execute(db);
  expect((await half(3)).rows).toEqual([{ half: 2 }]);
  const { rows } = await sql<{ count: string }>`select count(*) from pg_prepared_statements`.execute(db);
  expect(Number(rows[0]?.count)).toBeLessThan(450);
});

test('every row is on the disk before its insert is acknowledged', async () => {
  const { database, synced } = await openOnWatchedDisk();
  await sql`create table notes (id int)`.execute(database.db);
  const before = synced();
  for (let id = 0; id < 50; id++) await sql`insert into notes values (${id})`.execute(database.db);
  expect(synced() - before).toBeGreaterThanOrEqual(50);
});

test("a failing disk ends the database, and lost writes aren't acknowledged", async () => {
  const fatal: string[] = [];
  const { database, breakDisk, mendDisk } = await openOnWatchedDisk(({ code }) => fatal.push(code));
  await sql`create table notes (id int)`.execute(database.db);
  await sql`insert into notes values (1)`.execute(database.db);
  breakDisk();
  await expect(sql`insert into notes values (2)`.execute(database.db)).rejects.toThrow('could not fsync');
  mendDisk();
  await expect(database.ping()).rejects.toThrow('could not fsync');
  expect(fatal).toEqual(['disk-failed']);
  await database.close();

  const next = await open({ dataDir: database.options.dataDir });
  const { rows } = await sql<{ id: number }>`select id from notes`.execute(next.db);
  expect(rows).toContainEqual({ id: 1 });
});

describe('the thread of the database', () => {
  test('leaves the process free while a statement runs', async () => {
    const { database, hangDisk, wakeDisk } = await openOnWatchedDisk();
    hangDisk();
    const statement = sql`create table notes (id int)`.execute(database.db);
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    // It can't end before this.
    wakeDisk();
    await expect(statement).resolves.toBeDefined();
  });

  test("keeps an error's code, and none of the data", async () => {
    const { db } = await open();
    await sql`create table notes (id int primary key, text text)`.execute(db);
    await sql`insert into notes values (1, 'hidden words')`.execute(db);
    const error: unknown = await sql`insert into notes values (1, ${'hidden words'})`
      .execute(db)
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: '23505' });
    expect(inspect(error, { depth: 5 })).not.toContain('hidden words');
  });

  test('reports its own end once, and rejects waiting statements', async () => {
    const fatal: string[] = [];
    const program = new URL('ending-thread.ts', import.meta.url);
    const database = await open({ program, onFatal: ({ code }) => fatal.push(code) });
    await expect(sql`select 'end this thread'`.execute(database.db)).rejects.toThrow('thread');
    await expect(sql`select 1`.execute(database.db)).rejects.toThrow('thread');
    await expect(database.ping()).rejects.toThrow('closed');
    expect(fatal).toEqual(['disk-failed']);
    await database.close();
  });
});

describe('a process that is killed', () => {
  test('leaves every acknowledged row to the next process', async () => {
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

describe('a data folder in use', () => {
  test('is refused to a second process, with its name', async () => {
    const dataDir = join(folder(), 'shared');
    const writer = await startWriter(dataDir);
    const second = openDatabase({ dataDir });
    await expect(second).rejects.toMatchObject({
      code: 'folder-in-use',
      message: en.store.inUse(dataDir),
    });
    await writer.kill();
  });
});

function damagedFolder(): string {
  const dataDir = join(folder(), 'damaged');
  mkdirSync(join(dataDir, 'database'), { recursive: true });
  writeFileSync(join(dataDir, 'database', 'PG_VERSION'), '18\n');
  return dataDir;
}

describe('the first start', () => {
  test('starts over after an interruption, hidden from other users', async () => {
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

  test.each([
    ['claimed', () => '/proc'],
    ['opened', damagedFolder],
  ])("says that the disk is full if a folder can't be %s for lack of space", async (_what, dataDirOf) => {
    const opening = openEmbedded({ dataDir: dataDirOf(), freeBytes: () => 1_000_000 });
    const error: unknown = await opening.catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'disk-full' });
    expect(error instanceof OperatorError && error.say(en)).toContain('is full');
  });

  test('never replaces existing files, such as half a backup, and says what is missing', async () => {
    const dataDir = join(folder(), 'half-restored');
    mkdirSync(join(dataDir, 'database', 'base'), { recursive: true });
    const opening = openDatabase({ dataDir });
    const error: unknown = await opening.catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'folder-incomplete' });
    expect(error instanceof OperatorError && error.say(en)).toContain('no database that can be opened');
    expect(readdirSync(join(dataDir, 'database'))).toEqual(['base']);
    expect(readdirSync(dataDir)).not.toContain('database.incomplete');
  });

  test("fails if a table can't be read, before anyone needs its rows", async () => {
    const first = await open();
    await sql`create table notes (text text)`.execute(first.db);
    await sql`insert into notes values ('kept')`.execute(first.db);
    const { rows } = await sql<{ file: string }>`select pg_relation_filepath('notes') as file`.execute(
      first.db,
    );
    await first.close();
    const file = join(first.options.dataDir, 'database', rows[0]?.file ?? '');
    writeFileSync(file, Buffer.alloc(8192, 'garbled'));
    await expect(open(first.options)).rejects.toMatchObject({ code: 'folder-unreadable' });
  });
});

describe('upkeep', () => {
  test('trims the write-ahead log, which nothing else does', async () => {
    const { db, options } = await open();
    const { query } = runner(db);
    const walFiles = () =>
      readdirSync(join(options.dataDir, 'database', 'pg_wal')).filter((name) => /^[\dA-F]{24}$/.test(name));
    await query('create table notes (text text)');
    for (let round = 0; round < 8; round++) {
      await query(`insert into notes select repeat('x', 1000) from generate_series(1, 16000)`);
    }
    const before = walFiles().length;
    await runUpkeep({ query }, ALL_AT_ONCE);
    expect(walFiles().length).toBeLessThan(before);
  });

  test('goes table by table, so that other statements can run, and keeps row counts up to date', async () => {
    const { db } = await open();
    const { query, asked } = runner(db);
    await query('create table notes (text text)');
    await query(`insert into notes select 'x' from generate_series(1, 1000)`);
    await query('delete from notes');
    asked.length = 0;
    await runUpkeep({ query }, ALL_AT_ONCE);
    expect(asked).toContain('VACUUM public.notes');
    expect(asked.filter((statement) => /^vacuum$|^vacuum analyze$/i.test(statement))).toEqual([]);
    const { rows } = await sql<{ pages: number }>`
      select relpages as pages from pg_class where relname = 'notes'`.execute(db);
    expect(rows).toEqual([{ pages: 0 }]);
  });
});

const ALL_AT_ONCE = { full: true, pauseMs: 0, signal: new AbortController().signal };

/** Runs statements, and records them. */
function runner(db: Kysely<Tables>) {
  const asked: string[] = [];
  return {
    asked,
    query: async (statement: string) => {
      asked.push(statement);
      return sql.raw(statement).execute(db);
    },
  };
}
