import { CamelCasePlugin, Kysely, PGliteDialect, PostgresDialect, sql } from 'kysely';
import type { PoolConfig } from 'pg';
import type { ConstructorOptions } from 'pg-boss';
import { bossDatabase } from './embedded/boss-database.ts';
import { createGate, throughGate } from './embedded/gate.ts';
import type { Priority } from './embedded/gate.ts';
import { openEmbedded } from './embedded/embedded.ts';
import { startUpkeep } from './embedded/upkeep.ts';
import { connectionOptions, createPool, SILENT_MS, INTERACTIVE_POOL } from './server-connection.ts';
import { codeOf, StoreError } from './store-error.ts';
import type { Tables } from './tables.ts';

export type Database = {
  db: Kysely<Tables>;
  /** The same tables, for what a person in Slack waits for: it goes before everything else. */
  interactive: Kysely<Tables>;
  /** While the task runs, everything but `interactive` waits. */
  withPriority<T>(task: () => Promise<T>): Promise<T>;
  kind: 'embedded' | 'postgres';
  /** How pg-boss reaches the same database: the shared PGlite, or a pool of its own. */
  boss: Pick<ConstructorOptions, 'db' | 'backend' | 'connectionString' | 'max' | 'connectionTimeoutMillis'>;
  /** Rejects while the database does not answer. */
  ping(): Promise<void>;
  /** Stop the queue first. A second call does nothing more. */
  close(): Promise<void>;
};

type StoreLog = { warn(facts: object, message: string): void };

export type DatabaseOptions = {
  /** `postgres://…`; absent or null: embedded, in `dataDir`. */
  databaseUrl?: string | null;
  dataDir: string;
  log?: StoreLog;
  /** What runs in the embedded database's thread, if not the database as it is. */
  program?: URL;
  /** Postgres: a connection over which nothing has come for so long, while something was asked, is taken for dead. */
  silentMs?: number;
  /** Embedded: the disk failed, and nothing answers until the process is restarted. */
  onFatal?: (error: StoreError) => void;
};

/** Rows are spelled as the rest of the code; what is inside a `jsonb` column is kept as it was written. */
const PLUGINS = [new CamelCasePlugin({ maintainNestedObjectKeys: true })];

const POOL_SIZE = 6;
const BOSS_POOL_SIZE = 4;

/** Opens the store, reached and answering. Rejects with a `StoreError`. */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const log = options.log ?? { warn: () => {} };
  return options.databaseUrl == null
    ? openOnFolder({ ...options, log })
    : openOnServer(options.databaseUrl, { ...options, log });
}

async function openOnFolder(options: DatabaseOptions & { log: StoreLog }): Promise<Database> {
  const embedded = await openEmbedded(options);
  const gate = createGate();
  const kysely = (priority: Priority): Kysely<Tables> =>
    new Kysely({
      dialect: new PGliteDialect({ pglite: throughGate(embedded.thread, gate, priority) }),
      plugins: PLUGINS,
    });
  const db = kysely('background');
  const upkeep = startUpkeep(
    { exec: async (sql) => gate.pass('background', async () => embedded.thread.exec(sql)) },
    options.log,
  );
  return {
    db,
    interactive: kysely('interactive'),
    withPriority: gate.withPriority,
    kind: 'embedded',
    boss: { db: bossDatabase(embedded.thread, gate), backend: 'pglite' },
    ping: () => ping(db),
    close: once(async () => {
      await upkeep.stop();
      await embedded.close();
    }),
  };
}

async function openOnServer(
  databaseUrl: string,
  { log, silentMs = SILENT_MS }: DatabaseOptions & { log: StoreLog },
): Promise<Database> {
  const options = connectionOptions(databaseUrl, silentMs);
  const connect = (more: PoolConfig = {}): Kysely<Tables> => {
    const pool = createPool({ ...options, ...more, max: POOL_SIZE }, log);
    return new Kysely<Tables>({ dialect: new PostgresDialect({ pool }), plugins: PLUGINS });
  };
  const db = connect();
  // Connections of its own: what a person waits for does not queue behind work that can wait.
  const interactive = connect(INTERACTIVE_POOL);
  const close = once(async () => {
    await Promise.all([db.destroy(), interactive.destroy()]);
  });
  try {
    await ping(db);
  } catch (error) {
    await close();
    throw connectError(databaseUrl, error);
  }
  const boss = { ...options, max: BOSS_POOL_SIZE };
  // A server serves many at a time: nobody has to step back.
  const withPriority: Database['withPriority'] = async (task) => task();
  return { db, interactive, withPriority, kind: 'postgres', boss, ping: () => ping(db), close };
}

async function ping(db: Kysely<Tables>): Promise<void> {
  await sql`select 1`.execute(db);
}

/** SQLSTATE 28: authorization; 3D000: no such database. https://www.postgresql.org/docs/current/errcodes-appendix.html */
function connectError(databaseUrl: string, cause: unknown): StoreError {
  const code = codeOf(cause) ?? '';
  const server = describeServer(databaseUrl);
  if (code.startsWith('28')) return new StoreError({ code: 'database-refused', server }, { cause });
  if (code === '3D000') return new StoreError({ code: 'database-missing', server }, { cause });
  return new StoreError({ code: 'database-unreachable', server }, { cause });
}

/** Host, port and database: no user, no password. */
function describeServer(databaseUrl: string): string {
  if (!URL.canParse(databaseUrl)) return 'not a Postgres address';
  const { host, pathname } = new URL(databaseUrl);
  return `${host}${pathname}`;
}

function once(run: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | null = null;
  return async () => {
    done ??= run();
    await done;
  };
}
