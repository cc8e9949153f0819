import { Socket } from 'node:net';
import { CamelCasePlugin, Kysely, PGliteAdapter, PGliteDialect, PostgresDialect, sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import { Pool } from 'pg';
import type { ClientBase, PoolConfig } from 'pg';
import type { ConstructorOptions } from 'pg-boss';
import { COMMIT_MS, createPrecedence } from './commit.ts';
import { openEmbedded } from './embedded/embedded.ts';
import type { Embedded } from './embedded/embedded.ts';
import { bossDatabase, createGate, throughGate } from './embedded/gate.ts';
import type { Priority } from './embedded/gate.ts';
import { startUpkeep } from './embedded/upkeep.ts';
import { codeOf, StoreError } from './store-error.ts';
import type { Db, Tables } from './tables.ts';

export type Database = {
  db: Kysely<Tables>;
  /** The same tables, for what a person in Slack waits for: its statements come first. */
  interactive: Kysely<Tables>;
  /** While the task runs, everything but `interactive` waits. */
  withPriority<T>(task: () => Promise<T>): Promise<T>;
  kind: 'embedded' | 'postgres';
  /** How pg-boss reaches the same database: the shared PGlite, or a pool of its own. */
  boss: Pick<ConstructorOptions, 'db' | 'backend' | 'connectionString' | 'max' | 'connectionTimeoutMillis'>;
  /** Rejects while the database doesn't answer. */
  ping(): Promise<void>;
  /** Stop the queue first. A second call does nothing more. */
  close(): Promise<void>;
};

type StoreLog = { warn(facts: object, message: string): void };

type DatabaseOptions = {
  /** `postgres://…`; absent or null: embedded, in `dataDir`. */
  databaseUrl?: string | null;
  dataDir: string;
  log?: StoreLog;
  /** Another program for the embedded database's thread. */
  program?: URL;
  /** The embedded database, if it is being opened already. */
  embedded?: Promise<Embedded> | null;
  /** Postgres: a connection without an answer for this long counts as dead. */
  silentMs?: number;
  /** Embedded: the disk failed, and nothing answers until the process is restarted. */
  onFatal?: (error: StoreError) => void;
};

/** Rows are in camelCase; what is inside a `jsonb` column stays as it was written. */
const PLUGINS = [new CamelCasePlugin({ maintainNestedObjectKeys: true })];

const POOL_SIZE = 6;
const BOSS_POOL_SIZE = 4;

/** Resolves once the database answers. Rejects with a `StoreError`. */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const log = options.log ?? { warn: () => {} };
  return options.databaseUrl == null
    ? openOnFolder({ ...options, log })
    : openOnServer(options.databaseUrl, { ...options, log });
}

async function openOnFolder(options: DatabaseOptions & { log: StoreLog }): Promise<Database> {
  const embedded = await (options.embedded ?? openEmbedded(options));
  if (options.onFatal !== undefined) void embedded.failed.then(options.onFatal);
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
  const precedence = createPrecedence();
  const connect = (turn: () => Promise<void>, more: PoolConfig = {}): Kysely<Tables> => {
    const pool = createPool({ ...options, ...more, max: POOL_SIZE }, log);
    const inTurn = {
      options: pool.options,
      connect: async () => {
        await turn();
        return pool.connect();
      },
      end: async () => pool.end(),
    };
    return new Kysely<Tables>({ dialect: new PostgresDialect({ pool: inTurn }), plugins: PLUGINS });
  };
  const db = connect(precedence.turn);
  // Its own connections: what a person waits for doesn't queue behind work that can wait.
  const interactive = connect(async () => {}, INTERACTIVE_POOL);
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
  const { withPriority } = precedence;
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

/** Host, port and database, without user and password. */
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

/** Longer than any of our statements takes. */
const SILENT_MS = 60_000;
const CONNECT_TIMEOUT_MS = 10_000;

type PoolLog = { warn(facts: object, message: string): void };

/**
 * How a pool reaches the server. If the network drops everything, the kernel would wait 15 minutes before it breaks the
 * connection, so a connection that is silent for `silentMs` is broken here. Pools close idle ones long before, and the one
 * that listens for notifications asks more often. pg's own `query_timeout` would return the dead connection to the pool.
 */
function connectionOptions(databaseUrl: string, silentMs: number) {
  return {
    connectionString: databaseUrl,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    stream: () => {
      const socket = new Socket();
      return socket.setTimeout(silentMs, () => {
        socket.destroy(new Error('The database was silent for too long.'));
      });
    },
  } satisfies PoolConfig;
}

/** A pool whose connections can break at any time: only what waits for one fails. */
function createPool(options: PoolConfig, log: PoolLog): Pool {
  const pool = new Pool(options);
  // The pool replaces an idle connection that breaks; without a listener, the event would end the process.
  pool.on('error', (error) => log.warn({ err: error }, 'a database connection was lost'));
  // The same for a connection in use, to which the pool doesn't listen. Its statement fails anyway.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

/**
 * The server ends a transaction whose next statement (or commit) doesn't arrive in time, even if it waits in the buffers
 * of a server that was suspended. https://www.postgresql.org/docs/current/runtime-config-client.html
 */
async function dropWhatStalls(client: ClientBase): Promise<void> {
  await client.query(`set idle_in_transaction_session_timeout = ${COMMIT_MS}`);
}

/** For what a person waits for. The pool awaits the promise, though its types don't say so. */
const INTERACTIVE_POOL = { onConnect: dropWhatStalls };

/**
 * Until the end of the transaction, no other has any of these names, in any replica. In one order, so that two that want
 * the same names never wait for each other.
 */
export async function lockNames(names: readonly string[], trx: Db): Promise<void> {
  // The embedded database's transactions run one at a time anyway.
  if (trx.getExecutor().adapter instanceof PGliteAdapter) return;
  await sql`
    select pg_advisory_xact_lock(key) from (
      select distinct hashtextextended(name, 0) as key from unnest(${names}::text[]) name order by key
    ) keys`.execute(trx);
}

/**
 * Words of ours, as they are in the text of a partial index, for `in` and `not in`. As parameters, a plan that is made
 * once for any values could not use that index.
 */
export function literals(words: readonly string[]): RawBuilder<unknown> {
  return sql.raw(`(${words.map((word) => `'${word.replaceAll("'", "''")}'`).join(', ')})`);
}

/** For a `jsonb` column: both drivers accept any JSON as text. undefined leaves the column as it is. */
export function json<Value extends object | string | null | undefined>(
  value: Value,
): string | Extract<Value, null | undefined>;
export function json(value: unknown): string | null | undefined {
  return value === null || value === undefined ? value : JSON.stringify(value);
}

/** The time, as SQL: what several processes compare comes from one clock. */
export type Clock = () => RawBuilder<Date>;

/** The database's own. */
export const databaseClock: Clock = () => sql<Date>`clock_timestamp()`;

/** A clock set from outside, as in a test. */
export function clockOf(now: () => number): Clock {
  return () => sql<Date>`${new Date(now())}::timestamptz`;
}

/** Clocks that write and read differ by less. */
const MARGIN_MS = 60_000;

/** Whether a time is `ms` ago by the database's clock; or ahead of it, since the clock was set back. */
export function isLongAgo(moment: RawBuilder<unknown>, ms: number): RawBuilder<boolean> {
  return sql<boolean>`(${moment} <= now() - ${ms} * interval '1 ms'
    or ${moment} > now() + ${MARGIN_MS} * interval '1 ms')`;
}

export type DatabaseTime = ReturnType<typeof createDatabaseTime>;

/**
 * The time by the database's clock, in ms: its times are compared with nothing else. This machine's clock can be wrong,
 * or be set at any time; it only measures what has passed since the last reading.
 */
export function createDatabaseTime(passedMs: () => number = () => performance.now()) {
  let aheadMs: number | null = null;
  return {
    /** This machine's time until the first reading. */
    now: (): number => (aheadMs === null ? Date.now() : aheadMs + passedMs()),

    async read(db: Kysely<Tables>): Promise<void> {
      const askedMs = passedMs();
      const { rows } = await sql<{ now: Date }>`select clock_timestamp() as now`.execute(db);
      const [row] = rows;
      if (row !== undefined) aheadMs = row.now.getTime() - (askedMs + passedMs()) / 2;
    },
  };
}
