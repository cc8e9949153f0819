import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import type { Database } from '../../src/store/database.ts';
import { createLedger } from '../../src/store/ledger.ts';
import { databaseClock } from '../../src/store/sql.ts';
import { exportUsage } from '../../src/trust/index.ts';
import { useEmbedded, usePostgres } from '../support/databases.ts';
import { runCommand } from '../support/processes.ts';

const postgres = usePostgres();
const embedded = useEmbedded();

const usage = async (settings: Record<string, string>, ...args: string[]) =>
  runCommand('src/operator/usage.ts', settings, args);

async function filled({ db }: Database): Promise<void> {
  const ledger = createLedger(db, databaseClock);
  const one = { requestId: 'r1', teamId: 'T1', userId: 'U1', channelId: 'C1', cap: 10 };
  await ledger.reserve({ ...one, at: new Date('2026-01-31T10:00:00Z') }, db);
  await ledger.bind({ ...one, sessionId: 's1', consumed: 1.5, late: false }, db);
  await ledger.follow('s1', { isOpen: false }, db);
  const other = { ...one, requestId: '=HYPERLINK("x")', cap: null };
  await ledger.reserve({ ...other, at: new Date('2026-02-01T10:00:00Z') }, db);
}

async function onServer() {
  const database = await postgres.open();
  await filled(database);
  return { database, settings: { DATABASE_URL: database.options.databaseUrl ?? '' } };
}

test('uses the language set in .env', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'devin-slack-env-'));
  try {
    await writeFile(join(folder, '.env'), 'LANGUAGE=ja\n');
    const program = fileURLToPath(new URL('../../src/operator/usage.ts', import.meta.url));
    const ended = promisify(execFile)(process.execPath, [program], { cwd: folder });
    await expect(ended).rejects.toThrow('使い方');
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('export prints a line for each session, beside a running app', async () => {
  const { settings } = await onServer();
  const { code, stdout } = await usage(settings, 'export');
  expect(code).toBe(0);
  const [first, second] = stdout.trimEnd().split('\n');
  expect(JSON.parse(first ?? '')).toEqual({
    at: '2026-01-31T10:00:00.000Z',
    request_id: 'r1',
    session_id: 's1',
    user_id: 'U1',
    channel_id: 'C1',
    mode: null,
    repos: [],
    acu_cap: 10,
    acu_used: 1.5,
    acu_counted: 1.5,
    in_progress: false,
    merged_pull_requests: 0,
  });
  expect(JSON.parse(second ?? '')).toMatchObject({ acu_cap: null, in_progress: true, session_id: null });
});

test('export prints only what is new, and as CSV escapes spreadsheet formulas', async () => {
  const { settings } = await onServer();
  const { stdout } = await usage(settings, 'export', '--since', '2026-02-01', '--csv');
  const lines = stdout.split('\r\n');
  expect(lines).toHaveLength(3);
  expect(lines[0]).toBe(
    'at,request_id,session_id,user_id,channel_id,mode,repos,acu_cap,acu_used,acu_counted,in_progress,merged_pull_requests',
  );
  expect(lines[1]).toContain(`,"'=HYPERLINK(""x"")",,U1,C1,`);
});

const ENTRY = {
  at: new Date('2026-01-31T10:00:00Z'),
  requestId: 'r1',
  sessionId: 's1',
  userId: 'U1',
  channelId: 'C1',
  mode: 'fast',
  repos: ['acme/web', 'acme/api'],
  cap: 10,
  consumed: 2,
  counted: 2,
  isOpen: true,
  merged: 1,
};

test('export as CSV has several repositories in one cell', async () => {
  const lines: string[] = [];
  for await (const line of exportUsage(Readable.from([ENTRY]), true)) lines.push(line);
  expect(lines[1]).toBe('2026-01-31T10:00:00.000Z,r1,s1,U1,C1,fast,acme/web acme/api,10,2,2,true,1\r\n');
});

test.each([
  ['=1', "'=1"],
  ['+1', "'+1"],
  ['-1', "'-1"],
  ['@a', "'@a"],
  ['\ta', "'\ta"],
  ['\ra', `"'\ra"`],
  ['a\rb', '"a\rb"'],
  ['a\nb', '"a\nb"'],
  ['a,b', '"a,b"'],
])('a cell of a CSV file is never computed, nor two: %j', async (mode, cell) => {
  const lines: string[] = [];
  for await (const line of exportUsage(Readable.from([{ ...ENTRY, mode }]), true)) lines.push(line);
  expect(lines[1]).toContain(`,C1,${cell},acme/web`);
});

test('says so if the embedded database is in use', async () => {
  const database = await embedded();
  await filled(database);
  expect(await usage({ DATA_DIR: database.options.dataDir }, 'export')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('is in use by the app: stop the app') as unknown,
  });
  await database.close();
  expect(await usage({ DATA_DIR: database.options.dataDir }, 'export')).toMatchObject({ code: 0 });
});
