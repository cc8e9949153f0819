import { Socket } from 'node:net';
import { CamelCasePlugin, Kysely, PGliteDialect, PostgresDialect, sql } from 'kysely';
import { Pool, type ClientBase, type PoolConfig } from 'pg';
import type { ConstructorOptions, Db } from 'pg-boss';
import type { Log } from '../log.ts';
import { isUntrusted } from '../network.ts';
import { OperatorError } from '../text/operator-error.ts';
import { once } from '../time.ts';
import { COMMIT_MS } from './commit.ts';
import { openEmbedded, type Embedded } from './embedded/embedded.ts';
import { startUpkeep } from './embedded/upkeep.ts';
import { codeOf } from './sql.ts';
import type { Tables } from './store.ts';

export type Database = {
  db: Kysely<Tables>;
  /** The same tables, for what a person in Slack waits for: its statements come first. */
  interactive: Kysely<Tables>;
  kind: 'embedded' | 'postgres';
  /** How pg-boss reaches the same database: the shared PGlite, or a pool of its own. */
  boss: Pick<ConstructorOptions, 'db' | 'backend' | 'connectionString' | 'max' | 'connectionTimeoutMillis'>;
  /** The same, for what a crash may undo; null: there is nothing to be gained. */
  unflushed: Db | null;
  /** Rejects while people would wait in vain: nothing answers, or takes no writes; on Postgres with an `OperatorError`. */
  ping(): Promise<void>;
  /** Stop the queue first. A second call does nothing more. */
  close(): Promise<void>;
};

type DatabaseOptions = {
  /** `postgres://…`; absent or null: embedded, in `dataDir`. */
  databaseUrl?: string | null;
  dataDir: string;
  log?: Pick<Log, 'warn'>;
  /** Another program for the embedded database's thread. */
  program?: URL | undefined;
  /** The embedded database, if it is being opened already. */
  embedded?: Promise<Embedded> | null | undefined;
  /** Postgres: a connection without an answer for this long counts as dead. */
  silentMs?: number;
  /** Postgres: a connection was lost. */
  onLost?: () => void;
  /** Embedded: the disk failed, and nothing answers until the process is restarted. */
  onFatal?: ((error: OperatorError) => void) | undefined;
};

/** Rows are in camelCase; what is inside a `jsonb` column stays as it was written. */
const PLUGINS = [new CamelCasePlugin({ maintainNestedObjectKeys: true })];

const POOL_SIZE = 6;
const BOSS_POOL_SIZE = 4;

/** Rejects with an `OperatorError` if the embedded database can't be opened. Postgres is reached by the first statement. */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const log = options.log ?? { warn: () => {} };
  return options.databaseUrl == null
    ? openOnFolder({ ...options, log })
    : openOnServer(options.databaseUrl, { ...options, log });
}

async function openOnFolder(options: DatabaseOptions & { log: Pick<Log, 'warn'> }): Promise<Database> {
  const { thread, failed, close } = await (options.embedded ?? openEmbedded(options));
  if (options.onFatal !== undefined) void failed.then(options.onFatal);
  const kysely = (pglite: ReturnType<typeof thread.at>): Kysely<Tables> =>
    new Kysely({ dialect: new PGliteDialect({ pglite }), plugins: PLUGINS });
  const interactive = kysely(thread.at('interactive'));
  const upkeep = startUpkeep(thread, options.log);
  return {
    db: kysely(thread.at('background')),
    interactive,
    kind: 'embedded',
    boss: { db: thread.boss, backend: 'pglite' },
    unflushed: thread.unflushed,
    ping: () => ping(interactive),
    close: once(async () => {
      await upkeep.stop();
      await close();
    }),
  };
}

function openOnServer(
  databaseUrl: string,
  { log, silentMs = SILENT_MS, onLost = () => undefined }: DatabaseOptions & { log: Pick<Log, 'warn'> },
): Database {
  const options = connectionOptions(databaseUrl, silentMs);
  const connect = (stalledMs: number): Kysely<Tables> => {
    const pool = new Pool({
      ...options,
      max: POOL_SIZE,
      // The server ends a transaction whose next statement (or commit) doesn't arrive in time, even if it waits in the buffers
      // of a server that was suspended. The pool awaits the promise, though its types don't say so.
      // https://www.postgresql.org/docs/current/runtime-config-client.html
      async onConnect(client: ClientBase): Promise<void> {
        await client.query(`set idle_in_transaction_session_timeout = ${stalledMs}`);
      },
    });
    // The pool replaces an idle connection that breaks; without a listener, the event would end the process.
    pool.on('error', (error) => {
      onLost();
      log.warn({ err: error }, 'a database connection was lost');
    });
    // The same for a connection in use, to which the pool doesn't listen. Its statement fails anyway.
    pool.on('connect', (client) => client.on('error', onLost));
    return new Kysely<Tables>({ dialect: new PostgresDialect({ pool }), plugins: PLUGINS });
  };
  const db = connect(STALLED_MS);
  // Its own connections: what a person waits for doesn't queue behind work that can wait.
  const interactive = connect(COMMIT_MS);
  const close = once(async () => {
    await Promise.all([db.destroy(), interactive.destroy()]);
  });
  const boss = { ...options, max: BOSS_POOL_SIZE };
  return {
    db,
    interactive,
    kind: 'postgres',
    boss,
    unflushed: null,
    ping: async () =>
      ping(interactive).catch((error: unknown) => {
        throw connectError(databaseUrl, error);
      }),
    close,
  };
}

/** After a failover, the address may lead to a server that takes no writes, for a while. */
async function ping(db: Kysely<Tables>): Promise<void> {
  const setting = sql<{ value: string }>`select current_setting('transaction_read_only') as value`;
  const { rows } = await setting.execute(db);
  if (rows[0]?.value === 'on') throw new Error('it is read-only');
}

/** Longer than any of our statements takes. */
const SILENT_MS = 60_000;
const CONNECT_TIMEOUT_MS = 10_000;

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

/** For background work: if a replica is frozen or cut off, what it has locked is free after this time. */
const STALLED_MS = 15_000;

/**
 * `database-refused`: waiting doesn't help. The reason is Postgres' or the network's own. SQLSTATE 28: authorization; 3D000: no
 * such database. https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
function connectError(databaseUrl: string, cause: unknown): OperatorError {
  const code = codeOf(cause) ?? '';
  const isRefused = isUntrusted(code) || /^28|^3D000/.test(code) || isMisconfigured(cause);
  const server = describeServer(databaseUrl);
  // Of several addresses that don't answer, the error has a code alone.
  const reason = (cause instanceof Error && cause.message) || code;
  return new OperatorError(
    `database-${isRefused ? 'refused' : 'unreachable'}`,
    ({ store }) => store.postgres(server, reason),
    { cause },
  );
}

/**
 * The file that `sslrootcert` names can't be read, or the server has no TLS, for which pg has no code.
 * https://github.com/brianc/node-postgres/blob/pg@8.23.1/packages/pg/lib/connection.js
 */
function isMisconfigured(cause: unknown): boolean {
  if (!(cause instanceof Error)) return false;
  const hasNoRoots = 'syscall' in cause && cause.syscall === 'open';
  return hasNoRoots || cause.message === 'The server does not support SSL connections';
}

/** Host, port and database, without user and password. */
function describeServer(databaseUrl: string): string {
  if (!URL.canParse(databaseUrl)) return 'not a Postgres address';
  const { host, pathname } = new URL(databaseUrl);
  return `${host}${pathname}`;
}

/** Whether statements and secrets would cross a network unencrypted. Not over a socket, nor within one machine. */
export function isPlain(databaseUrl: string): boolean {
  const { hostname, searchParams } = new URL(databaseUrl);
  const host = searchParams.get('host') ?? hostname;
  const isLocal = host === '' || host.startsWith('/') || /^(?:localhost|127\.[\d.]+|\[?::1\]?)$/.test(host);
  const mode = searchParams.get('sslmode') ?? searchParams.get('ssl') ?? 'disable';
  return !isLocal && ['disable', 'allow', 'prefer', 'false', '0'].includes(mode);
}
