import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, describe, inject } from 'vitest';
import { openDatabase, type Database } from '../../src/store/database.ts';
import { copyEmpty } from './folders.ts';

type DatabaseOptions = Parameters<typeof openDatabase>[0];

/** Opens a new, empty database; it is closed after the test. `again` opens the same one once more. */
export type Open = (options?: Partial<DatabaseOptions>) => Promise<Database & { options: DatabaseOptions }>;

/** Runs the suite on the embedded database and on a real Postgres. */
export function describeOnBothDatabases(
  name: string,
  suite: (open: Open, kind: Database['kind']) => void,
): void {
  describe(`${name} (embedded)`, () => {
    suite(useEmbedded(), 'embedded');
  });
  describe(`${name} (postgres)`, () => {
    suite(usePostgres().open, 'postgres');
  });
}

/** Copies one prepared folder, which is faster than a first start. */
export function useEmbedded(copy = copyEmpty): Open {
  const root = useFolder();
  const closing = useClosing();
  let count = 0;
  return async (options = {}) => {
    const dataDir = options.dataDir ?? join(root(), `data-${(count += 1)}`);
    if (options.dataDir === undefined) await copy(dataDir);
    return closing({ ...options, dataDir });
  };
}

/** The run's server; a new database for each call. Names are unique to the file. */
export function usePostgres(): {
  open: Open;
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
  const createDatabase = async (name: string): Promise<void> => {
    const client = new Client({ connectionString: `${server}postgres` });
    await client.connect();
    await client.query(`create database ${client.escapeIdentifier(`${ours}-${name}`)}`);
    await client.end();
  };
  const open: Open = async (options = {}) => {
    const name = `test-${(count += 1)}`;
    if (options.databaseUrl === undefined) await createDatabase(name);
    return closing({ databaseUrl: url(name), dataDir: folder(), ...options });
  };
  return { open, createDatabase, url };
}

async function askForPostgres(): Promise<string> {
  const response = await fetch(inject('postgresOffer'));
  const said = await response.text();
  if (!response.ok) throw new Error(said);
  return said;
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
