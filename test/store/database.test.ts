import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { Kysely, PGliteDialect, sql } from 'kysely';
import { expect, test } from 'vitest';
import { createLog } from '../../src/log.ts';
import { createQueue } from '../../src/queue/jobs.ts';
import { isPlain, openDatabase, type Database } from '../../src/store/database.ts';
import { openEmbedded } from '../../src/store/embedded/embedded.ts';
import { prepareSchema } from '../../src/store/schema.ts';
import { en } from '../../src/text/en.ts';
import { OperatorError } from '../../src/text/operator-error.ts';
import { describeOnBothEmptyDatabases, useFolder, usePostgres } from '../support/databases.ts';
import { copyEmpty } from '../support/folders.ts';

const postgres = usePostgres('empty');
const folder = useFolder();

async function countNotes({ db }: Pick<Database, 'db'>): Promise<number> {
  const { rows } = await sql<{ text: string }>`select text from notes`.execute(db);
  return rows.length;
}

describeOnBothEmptyDatabases('a database', (open) => {
  test("keeps others' writes while a failing transaction is open", async () => {
    const database = await open();
    await sql`create table notes (text text)`.execute(database.db);
    const failing = database.db.transaction().execute(async (trx) => {
      await sql`insert into notes values ('undone')`.execute(trx);
      throw new Error('undo');
    });
    const others = Array.from({ length: 20 }, () =>
      sql`insert into notes values ('kept')`.execute(database.db),
    );
    await expect(failing).rejects.toThrow('undo');
    await Promise.all(others);
    await expect(countNotes(database)).resolves.toBe(20);
  });

  test('says so when it commits nothing, since a statement failed before', async () => {
    const { db } = await open();
    const swallowing = db.transaction().execute(async (trx) => {
      await sql`select 1/0`.execute(trx).catch(() => undefined);
    });
    await expect(swallowing).rejects.toThrow('rolled back');
  });

  test('gets its tables at the first start, and keeps what is in them at the second', async () => {
    const database = await open();
    await prepareSchema(database.db);
    await database.db.insertInto('leases').values({ name: 'kept', number: '1', until: new Date() }).execute();
    await prepareSchema(database.db);
    const names = await database.db.selectFrom('leases').select('name').execute();
    expect(names).toEqual([{ name: 'kept' }]);
  });

  test.each([
    ['whose tables another version made', 'create table session_requests (id text)'],
    ['with a table of the same name', 'create table settings (other text)'],
  ])('%s is refused, and not changed', async (_what, made) => {
    const database = await open();
    await sql.raw(made).execute(database.db);
    const before = await tablesOf(database);
    const starting = prepareSchema(database.db);
    await expect(starting).rejects.toMatchObject({ code: 'database-version' });
    await expect(starting).rejects.toThrow('start this one with an empty DATA_DIR');
    await expect(tablesOf(database)).resolves.toEqual(before);
  });
});

async function tablesOf({ db }: Pick<Database, 'db'>): Promise<unknown> {
  const { rows } = await sql`
    select table_name, column_name from information_schema.columns where table_schema = 'public'`.execute(db);
  return rows;
}

test.each([
  ['postgres://u:p@db.acme.example/app', true],
  ['postgres://u:p@db.acme.example/app?sslmode=prefer', true],
  ['postgres://u:p@db.acme.example/app?sslmode=verify-full', false],
  ['postgres://u:p@localhost:5433/app', false],
  ['postgres://u:p@[::1]/app', false],
  ['postgres:///app?host=/run/postgresql', false],
])('%s: unencrypted over a network: %s', (url, plain) => {
  expect(isPlain(url)).toBe(plain);
});

test('a failed pg-boss statement leaves the shared connection usable', async () => {
  const dataDir = join(folder(), 'shared');
  await copyEmpty(dataDir);
  const { thread, close } = await openEmbedded({ dataDir });
  const db = new Kysely<unknown>({ dialect: new PGliteDialect({ pglite: thread.at('interactive') }) });
  const { boss } = thread;
  await sql`create table notes (text text)`.execute(db);
  const steps = Array.from({ length: 10 }, () => [
    boss.executeSql(`BEGIN; insert into notes values ('undone'); select 1/0; COMMIT;`),
    sql`insert into notes values ('kept')`.execute(db),
    db.transaction().execute((trx) => sql`insert into notes values ('kept')`.execute(trx)),
  ]);
  const outcomes = await Promise.allSettled(steps.flat());
  expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(10);
  const { rows } = await boss.executeSql(`BEGIN; select text from notes; COMMIT;`);
  expect(rows.map(({ text }: { text: string }) => text)).toEqual(Array.from({ length: 20 }, () => 'kept'));
  await close();
});

test('several replicas can start on one empty Postgres at once', async () => {
  const { options } = await postgres.open();
  const replicas = await Promise.all(Array.from({ length: 5 }, () => postgres.open(options)));
  await expect(Promise.all(replicas.map(({ db }) => prepareSchema(db)))).resolves.toHaveLength(5);
});

test('a user who may not create tables, or the schema of the queue, is named to the app admin', async () => {
  const { db, options } = await postgres.open();
  // Roles belong to the server of the whole run.
  const name = `reader-${randomUUID()}`;
  await sql`create role ${sql.id(name)} login password 'reader'`.execute(db);
  const url = (options.databaseUrl ?? '').replace('postgres:password@', `${name}:reader@`);
  const reader = await postgres.open({ ...options, databaseUrl: url });
  const saidOf = async (starting: Promise<unknown>): Promise<string> =>
    starting.then(
      () => 'It started.',
      (error: unknown) => (error instanceof OperatorError ? error.say(en) : String(error)),
    );
  expect(await saidOf(prepareSchema(reader.db))).toBe(en.store.forbidden);
  await sql`grant create on schema public to ${sql.id(name)}`.execute(db);
  await prepareSchema(reader.db);
  const queue = createQueue({ database: reader, log: createLog('silent') });
  expect(await saidOf(queue.start())).toBe(en.store.forbidden);
});

async function refusal(databaseUrl: string): Promise<OperatorError> {
  const database = await openDatabase({ databaseUrl, dataDir: folder() });
  const error: unknown = await database.ping().catch((reason: unknown) => reason);
  await database.close();
  if (error instanceof OperatorError) return error;
  throw new Error('the database opened', { cause: error });
}

test('Postgres answers people while other work keeps all of its own connections', async () => {
  const { db, ping } = await postgres.open();
  const { promise: done, resolve: finish } = Promise.withResolvers<void>();
  const others = Array.from({ length: 20 }, async () => db.transaction().execute(async () => done));
  await expect(ping()).resolves.toBeUndefined();
  finish();
  await Promise.all(others);
});

/** As after a failover, before the standby is promoted. */
async function readOnly(): Promise<string> {
  const { options } = await postgres.open();
  return `${options.databaseUrl}?options=-c%20default_transaction_read_only%3Don`;
}

/** The address of a role that may have no connection. */
async function withoutConnections(): Promise<string> {
  const { db, options } = await postgres.open();
  const name = `late-${randomUUID()}`;
  await sql`create role ${sql.id(name)} login password 'hidden-word' connection limit 0`.execute(db);
  return (options.databaseUrl ?? '').replace('postgres:password@', `${name}:hidden-word@`);
}

test.each([
  ['an unreachable server', 'database-unreachable', () => 'postgres://me:hidden-word@127.0.0.1:1/app'],
  ["text that isn't a URL", 'database-unreachable', () => 'postgres://me:hidden-word@'],
  [
    'a wrong password',
    'database-refused',
    () => postgres.url('postgres').replace(':password@', ':hidden-word@'),
  ],
  ['TLS at a server without it', 'database-refused', () => `${postgres.url('postgres')}?sslmode=verify-full`],
  [
    'a missing file of certificates',
    'database-refused',
    () => `${postgres.url('postgres')}?sslmode=verify-full&sslrootcert=/nowhere.pem`,
  ],
  ['a missing database', 'database-refused', () => postgres.url('nowhere')],
  ['a read-only server', 'database-unreachable', readOnly],
  ['a server without a free connection', 'database-unreachable', withoutConnections],
])(
  'a URL with %s is refused in a sentence that names DATABASE_URL and no password',
  async (_what, code, url) => {
    const error = await refusal(await url());
    expect(error.code).toBe(code);
    const said = [error.say(en), error.message];
    expect(said[0]).toContain('DATABASE_URL');
    expect(said.join('\n')).not.toMatch(/hidden-word|:password/);
  },
);
