import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { appendAudit, createAudit, type AuditEntry } from '../../src/store/audit.ts';
import type { Database } from '../../src/store/database.ts';
import { useEmbedded, usePostgres } from '../support/databases.ts';
import { fillHistory } from '../support/history.ts';
import { captureLog } from '../support/log-lines.ts';
import { runCommand } from '../support/processes.ts';

const postgres = usePostgres();
const embedded = useEmbedded();

const audit = async (settings: Record<string, string>, ...args: string[]) =>
  runCommand('src/operator/run.ts', settings, ['audit', ...args]);

const ENTRIES: AuditEntry[] = [
  { kind: 'start', userId: 'U1', devinUserId: 'user-1', result: 'created:email' },
  { kind: 'refusal', userId: 'U2', rule: '=HYPERLINK("https://evil.example"), "x"', result: 'policy' },
  { kind: 'reply', userId: 'U1', sessionId: 's1', result: 'delivered' },
];

async function filled(database: Database, entries = ENTRIES): Promise<void> {
  await database.db.transaction().execute(async (trx) => appendAudit(entries, trx));
}

const KEYS =
  'seq,at,kind,user_id,devin_user_id,channel_id,message_ts,request_id,session_id,rule,result,prev,hash';

/** A database with entries, which stays open as the app's does. */
async function onServer() {
  const database = await postgres.open({});
  await filled(database);
  return { database, settings: { DATABASE_URL: database.options.databaseUrl ?? '' } };
}

test('verify exits with 0 beside a running app, and names the last entry', async () => {
  const { settings } = await onServer();
  const { code, stdout } = await audit(settings, 'verify');
  expect(stdout).toMatch(
    /^The audit is intact\. Entries: 3\.\nThe last one is entry 3 of .*, hash [\da-f]{64}\.\n$/,
  );
  expect(code).toBe(0);
});

test('verify exits with 1, and names the first bad entry', async () => {
  const { database, settings } = await onServer();
  await sql`alter table audit disable trigger all`.execute(database.db);
  await sql`update audit set user_id = 'U3' where seq > 1`.execute(database.db);
  expect(await audit(settings, 'verify')).toMatchObject({
    code: 1,
    stdout: 'Entry 2, or the one before it, was changed, moved or replaced.\n',
  });
});

test('verify exits with 1 if no entry has the hash that was noted before', async () => {
  const { database, settings } = await onServer();
  const logged = captureLog();
  await createAudit(database.db).logEnd(logged.log);
  const hash = /"hash":"(?<hash>[\da-f]{64})"/.exec(logged.text())?.groups?.['hash'] ?? '';
  expect(await audit(settings, 'verify', '--expect', hash)).toMatchObject({ code: 0 });
  // With the mark of the end rewritten, the rest is a chain of its own.
  await sql`alter table audit disable trigger all`.execute(database.db);
  await sql`delete from audit where seq = 3`.execute(database.db);
  await sql`update audit_end set (seq, hash) = (select seq, hash from audit where seq = 2)`.execute(
    database.db,
  );
  expect(await audit(settings, 'verify')).toMatchObject({ code: 0 });
  expect(await audit(settings, 'verify', '--expect', hash)).toMatchObject({
    code: 1,
    stdout: 'None of the 2 entries has the expected hash: the audit was replaced or cut.\n',
  });
});

test.each([
  ['the mark of its end', sql`delete from audit_end`, 'Nothing says that entry 3 is the last one'],
  ['everything', sql`with gone as (delete from audit_end) delete from audit`, 'Entry 1 is missing'],
])('verify exits with 1 if %s was removed', async (_what, removal, says) => {
  const { database, settings } = await onServer();
  await fillHistory(database.db, { requests: 1, people: 1, active: 0 });
  await sql`alter table audit disable trigger all`.execute(database.db);
  await removal.execute(database.db);
  const { code, stdout } = await audit(settings, 'verify');
  expect(stdout).toContain(says);
  expect(code).toBe(1);
});

test('export prints JSON lines with the agreed keys', async () => {
  const { settings } = await onServer();
  const { code, stdout } = await audit(settings, 'export', '--by', 'jo');
  expect(code).toBe(0);
  const lines = stdout.trimEnd().split('\n');
  expect(lines).toHaveLength(4);
  const first: unknown = JSON.parse(lines[0] ?? '');
  expect(typeof first === 'object' && first !== null ? Object.keys(first).join(',') : '').toBe(KEYS);
  expect(JSON.parse(lines[2] ?? '')).toMatchObject({
    seq: 3,
    kind: 'reply',
    user_id: 'U1',
    channel_id: null,
  });
  expect(JSON.parse(lines[3] ?? '')).toMatchObject({ kind: 'export', result: 'audit:jo' });
});

test('export as CSV escapes spreadsheet formulas', async () => {
  const { settings } = await onServer();
  const { stdout } = await audit(settings, 'export', '--csv');
  expect(stdout).toContain(`,"'=HYPERLINK(""https://evil.example""), ""x""",policy,`);
  const lines = stdout.split('\r\n');
  expect(lines[0]).toBe(KEYS);
  expect(lines).toHaveLength(6);
});

test("works on an embedded database that isn't in use, and says if one is", async () => {
  const database = await embedded();
  await filled(database);
  const settings = { DATA_DIR: database.options.dataDir };
  expect(await audit(settings, 'verify')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('is in use by the app: stop the app') as unknown,
  });
  await database.close();
  expect(await audit(settings, 'verify')).toMatchObject({ code: 0 });
});
