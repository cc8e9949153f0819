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

/** Opens a new database; it is closed after the test. Its `options` open the same one once more. */
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
  return async (options = {}) => {
    const dataDir = options.dataDir ?? join(root(), `data-${(count += 1)}`);
    if (options.dataDir === undefined) await copy(dataDir);
    return closing({ ...options, dataDir });
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
  const open: Open = async (options = {}) => {
    const name = `test-${(count += 1)}`;
    if (options.databaseUrl === undefined) {
      const template = content === 'empty' ? 'template1' : await (started ??= makeStarted(server));
      await createOn(server, `${ours}-${name}`, template);
    }
    return closing({ databaseUrl: url(name), dataDir: folder(), ...options });
  };
  return { open, createDatabase, url };
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
