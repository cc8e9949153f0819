import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, inject } from 'vitest';
import { openDatabase, type Database } from '../../src/store/database.ts';
import { copyEmpty, copyStarted, startOnce } from './folders.ts';

type DatabaseOptions = Parameters<typeof openDatabase>[0];

/**
 * Opens the suite's database, with the rows that it had at first. With options, even none of them, a test gets one of its
 * own, which is closed after the test: for a test that changes tables. Its `options` open the same one once more.
 */
export type Open = (options?: Partial<DatabaseOptions>) => Promise<Database & { options: DatabaseOptions }>;

/** `started`: as a bot leaves it; `empty`: without tables. */
type Content = 'started' | 'empty';

type Suite = (open: Open, kind: Database['kind']) => void;

/** Runs the suite on the embedded database and on a real Postgres. */
export const describeOnBothDatabases = describeOn('started');
export const describeOnBothEmptyDatabases = describeOn('empty');

function describeOn(content: Content): (name: string, suite: Suite) => void {
  return (name, suite) => {
    describe(`${name} (embedded)`, () => {
      suite(useEmbedded(content), 'embedded');
    });
    describe(`${name} (postgres)`, () => {
      suite(usePostgres(content).open, 'postgres');
    });
  };
}

/** Copies one prepared folder, which is faster than a first start. */
export function useEmbedded(content: Content = 'started'): Open {
  const copy = content === 'empty' ? copyEmpty : copyStarted;
  const root = useFolder();
  const closing = useClosing();
  let count = 0;
  const copied = async (): Promise<string> => {
    const dataDir = join(root(), `data-${(count += 1)}`);
    await copy(dataDir);
    return dataDir;
  };
  const shared = useShared(content, async () => ({ dataDir: await copied() }));
  return async (options) => {
    const one = options === undefined ? await shared() : null;
    return one ?? closing({ ...options, dataDir: options?.dataDir ?? (await copied()) });
  };
}

/** The run's server; `open` opens a new database at each call. Names are unique to the file. */
export function usePostgres(content: Content = 'started'): {
  open: Open;
  /** An empty one. */
  createDatabase(name: string): Promise<void>;
  url(name: string): string;
} {
  const folder = useFolder();
  const closing = useClosing();
  const ours = randomUUID();
  let server = '';
  let count = 0;
  beforeAll(async () => {
    server = await askForPostgres();
  });
  const url = (name: string): string => `${server}${ours}-${name}`;
  const createDatabase = async (name: string): Promise<void> => createOn(server, `${ours}-${name}`);
  const created = async (): Promise<string> => {
    const name = `test-${(count += 1)}`;
    const template = content === 'empty' ? 'template1' : await (started ??= makeStarted(server));
    await createOn(server, `${ours}-${name}`, template);
    return url(name);
  };
  const shared = useShared(content, async () => ({ databaseUrl: await created(), dataDir: folder() }));
  const open: Open = async (options) => {
    const one = options === undefined ? await shared() : null;
    const databaseUrl = options?.databaseUrl ?? (one === null ? await created() : '');
    return one ?? closing({ dataDir: folder(), ...options, databaseUrl });
  };
  return { open, createDatabase, url };
}

/** The address of a new database, as a bot leaves it, on the run's server. */
export async function startedPostgres(): Promise<string> {
  const server = await askForPostgres();
  const name = randomUUID();
  await createOn(server, name, await (started ??= makeStarted(server)));
  return `${server}${name}`;
}

async function createOn(server: string, name: string, template = 'template1'): Promise<void> {
  const client = new Client({ connectionString: `${server}postgres` });
  await client.connect();
  const [to, from] = [name, template].map((one) => client.escapeIdentifier(one));
  await client.query(`create database ${to} template ${from}`);
  await client.end();
}

/** The name of a database that a bot left; made once per process, and copied. */
let started: Promise<string> | null = null;

async function makeStarted(server: string): Promise<string> {
  const name = `started-${randomUUID()}`;
  await createOn(server, name);
  const database = await openDatabase({ databaseUrl: `${server}${name}`, dataDir: '' });
  await startOnce(database);
  await database.close();
  return name;
}

async function askForPostgres(): Promise<string> {
  const response = await fetch(inject('postgresOffer'));
  const said = await response.text();
  if (!response.ok) throw new Error(said);
  return said;
}

/** Until a transaction waits for a lock that another holds. */
export async function oneWaits(db: Database['db']): Promise<void> {
  const waiting = sql`select 1 from pg_locks where not granted`;
  await expect.poll(async () => (await waiting.execute(db)).rows).not.toEqual([]);
}

/** A folder for the file's tests, removed after them. */
export function useFolder(): () => string {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'devin-slack-test-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return () => folder;
}

/** A suite's database, as it was when it was made. null: the test has it already, and needs one of its own. */
function useShared(
  content: Content,
  make: () => Promise<DatabaseOptions>,
): () => Promise<Awaited<ReturnType<Open>> | null> {
  let current: { database: Database; options: DatabaseOptions; restore: () => Promise<void> } | null = null;
  let isTaken = content === 'empty';
  afterEach(() => {
    isTaken = content === 'empty';
  });
  afterAll(async () => current?.database.close());
  return async () => {
    if (isTaken) return null;
    isTaken = true;
    await current?.restore();
    if (current === null) {
      const options = await make();
      const database = await openDatabase(options);
      current = { database, options, restore: await restorer(database) };
    }
    const { database, options } = current;
    const close = async (): Promise<void> => {
      current = null;
      await database.close();
    };
    return { ...database, options, close };
  };
}

/** Brings back the rows that each table has now: faster than another database. Queues keep their definitions. */
async function restorer({ db }: Database): Promise<() => Promise<void>> {
  const tables = await sql<{ name: string; isOurs: boolean }>`
    select format('%I.%I', schemaname, tablename) as name, schemaname = 'public' as "isOurs" from pg_tables
    where schemaname in ('public', 'pgboss') and tablename not in ('version', 'queue')`.execute(db);
  const steps: string[] = ['set local session_replication_role = replica'];
  for (const { name, isOurs } of tables.rows) {
    const { rows } = await sql<{ all: string | null }>`
      select json_agg(t)::text as all from ${sql.raw(name)} t`.execute(db);
    steps.push(`delete from ${name}`);
    const [{ all } = { all: null }] = rows;
    if (isOurs && all !== null)
      steps.push(
        `insert into ${name} overriding system value select * from json_populate_recordset(null::${name}, '${all.replaceAll("'", "''")}')`,
      );
  }
  const sequences = await sql<{ step: string }>`
    select format('select setval(''%I.%I'', %s, false)', schemaname, sequencename, coalesce(last_value + 1, 1)) as step
    from pg_sequences where schemaname = 'public'`.execute(db);
  steps.push(...sequences.rows.map(({ step }) => step));
  return async () =>
    db.transaction().execute(async (trx) => {
      for (const step of steps) await sql.raw(step).execute(trx);
    });
}

function useClosing(): (options: DatabaseOptions) => ReturnType<Open> {
  const opened: Database[] = [];
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((database) => database.close()));
  });
  return async (options) => {
    const database = await openDatabase(options);
    opened.push(database);
    return { ...database, options };
  };
}
