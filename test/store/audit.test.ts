import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { appendAudit, createAudit, type AuditEntry } from '../../src/store/audit.ts';
import type { Database } from '../../src/store/database.ts';
import { verifyChain } from '../../src/trust/export.ts';
import { describeOnBothDatabases, usePostgres } from '../support/databases.ts';

const ENTRIES: AuditEntry[] = [
  {
    kind: 'start',
    userId: 'U1',
    devinUserId: 'user-1',
    channelId: 'C1',
    requestId: 'r1',
    result: 'created:email',
  },
  { kind: 'refusal', userId: 'U2', rule: 'no "infra" \\ \u007f\u2028 é 😀\t\u0001', result: 'policy' },
  { kind: 'stop', userId: 'U1', sessionId: 's1', messageTs: '1.1', result: 'done' },
];

const append = async ({ db }: Pick<Database, 'db'>, entries: AuditEntry[] = ENTRIES): Promise<void> =>
  db.transaction().execute(async (trx) => appendAudit(entries, trx));

const verify = async ({ db }: Pick<Database, 'db'>) => verifyChain(createAudit(db));

/** What an attacker with the database's password would do. */
async function tamper({ db }: Pick<Database, 'db'>, statement: string): Promise<void> {
  await sql`alter table audit disable trigger all`.execute(db);
  await sql.raw(statement).execute(db);
  await sql`alter table audit enable trigger all`.execute(db);
}

describeOnBothDatabases('the audit', (open) => {
  const opened = async () => {
    const database = await open();
    return database;
  };

  test('is a valid chain, whatever its entries contain', async () => {
    const database = await opened();
    await append(database);
    await append(database);
    expect(await verify(database)).toMatchObject({ ok: true, count: 6, last: { kind: 'stop' } });
  });

  test('has nothing from a transaction that was rolled back', async () => {
    const database = await opened();
    const { db } = database;
    await append(database);
    const failing = db.transaction().execute(async (trx) => {
      await appendAudit(ENTRIES, trx);
      throw new Error('undone');
    });
    await expect(failing).rejects.toThrow('undone');
    await append(database);
    expect(await verify(database)).toMatchObject({ ok: true, count: 6 });
  });

  test.each(['update audit set result = kind', 'delete from audit', 'truncate audit'])(
    'refuses: %s',
    async (statement) => {
      const database = await opened();
      await append(database);
      await expect(sql.raw(statement).execute(database.db)).rejects.toThrow('append-only');
      expect(await verify(database)).toMatchObject({ ok: true, count: 3 });
    },
  );

  test.each([
    ['an edit', `update audit set user_id = 'U9' where seq = 2`, { seq: 2, fault: 'changed' }],
    [
      'an edit that empties a value',
      `update audit set rule = null where seq = 2`,
      { seq: 2, fault: 'changed' },
    ],
    ['a gap', `delete from audit where seq = 3`, { seq: 3, fault: 'missing' }],
    ['a missing end', `delete from audit where seq > 4`, { seq: 5, fault: 'missing' }],
    ['a missing audit', `delete from audit`, { seq: 1, fault: 'missing' }],
    ['a missing front', `delete from audit where seq < 3`, { seq: 1, fault: 'missing' }],
    [
      'another order',
      `update audit set seq = case seq when 2 then -3 else -2 end where seq in (2, 3); update audit set seq = -seq where seq < 0`,
      { seq: 2, fault: 'changed' },
    ],
    [
      'an entry with a hash of its own',
      `update audit set user_id = 'U9' where seq = 2; update audit set hash = audit_hash(audit) where seq = 2`,
      { seq: 3, fault: 'changed' },
    ],
    [
      'a last entry with a hash of its own',
      `update audit set user_id = 'U9' where seq = 6; update audit set hash = audit_hash(audit) where seq = 6`,
      { seq: 6, fault: 'changed' },
    ],
  ])('reveals %s, by the first wrong entry', async (_what, statements, found) => {
    const database = await opened();
    await append(database);
    await append(database);
    for (const statement of statements.split('; ')) await tamper(database, statement);
    expect(await verify(database)).toEqual({ ok: false, ...found });
  });

  test('still reveals a missing end once more is recorded', async () => {
    const database = await opened();
    await append(database);
    await tamper(database, 'delete from audit where seq = 3');
    await append(database);
    expect(await verify(database)).toEqual({ ok: false, seq: 3, fault: 'missing' });
  });

  test('records once that the same file was loaded', async () => {
    const { db } = await opened();
    const audit = createAudit(db);
    for (const sha256 of [null, '1', '1', '2', '1', null, null]) await audit.fileLoaded('policy', sha256);
    const results: string[] = [];
    for await (const row of audit.entries()) results.push(row.result);
    expect(results).toEqual(['loaded:1', 'loaded:2', 'loaded:1', 'none']);
  });
});

const servers = usePostgres();

test('three processes that write at once cause no fork and no gap', async () => {
  const { open } = servers;
  const first = await open();
  const others = [await open(first.options), await open(first.options)];
  const stores = [first, ...others];
  await Promise.all(Array.from({ length: 60 }, async (_, at) => append(stores[at % stores.length] ?? first)));
  expect(await verify(first)).toMatchObject({ ok: true, count: 180 });
});

test('replicas that load a file at the same moment record it once', async () => {
  const { open } = servers;
  const first = await open();
  const others = [await open(first.options), await open(first.options)];
  await Promise.all([first, ...others].map(async ({ db }) => createAudit(db).fileLoaded('policy', '1')));
  expect(await verify(first)).toMatchObject({ ok: true, count: 1 });
});

test('5,000 entries are verified in pages', async () => {
  const database = await servers.open();
  await append(
    database,
    Array.from({ length: 5000 }, (_, at): AuditEntry => ({
      kind: 'reply',
      userId: `U${at}`,
      result: 'delivered',
    })),
  );
  expect(await verify(database)).toMatchObject({ ok: true, count: 5000 });
});
