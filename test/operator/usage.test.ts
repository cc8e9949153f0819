import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import type { Database } from '../../src/store/database.ts';
import { createLedger } from '../../src/store/ledger.ts';
import { databaseClock } from '../../src/store/sql.ts';
import { exportLines, USAGE } from '../../src/trust/index.ts';
import { usePostgres } from '../support/databases.ts';
import { runCommand } from '../support/processes.ts';

const postgres = usePostgres();
const usage = async (settings: Record<string, string>, ...args: string[]) =>
  runCommand('src/operator/run.ts', settings, ['usage', ...args]);

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
    repos: [],
    acu_cap: 10,
    acu_used: 1.5,
    acu_counted: 1.5,
    in_progress: false,
  });
  expect(JSON.parse(second ?? '')).toMatchObject({ acu_cap: null, in_progress: true, session_id: null });
});

const ENTRY = {
  at: new Date('2026-01-31T10:00:00Z'),
  requestId: 'r1',
  sessionId: 's1',
  userId: 'U1',
  channelId: 'C1',
  repos: ['acme/web', 'acme/api'],
  cap: 10,
  consumed: 2,
  counted: 2,
  isOpen: true,
};

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
])('a cell of a CSV file is never computed, nor two: %j', async (channelId, cell) => {
  const lines: string[] = [];
  for await (const line of exportLines(Readable.from([{ ...ENTRY, channelId }]), USAGE, true))
    lines.push(line);
  expect(lines[1]).toContain(`,U1,${cell},acme/web`);
});
