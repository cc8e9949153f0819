import { Socket } from 'node:net';
import { Pool } from 'pg';
import type { ClientBase, PoolConfig } from 'pg';
import { COMMIT_MS } from './deadline.ts';

/** Longer than any statement of ours takes. */
export const SILENT_MS = 60_000;
const CONNECT_TIMEOUT_MS = 10_000;

type PoolLog = { warn(facts: object, message: string): void };

/**
 * How a pool reaches the server. A network that swallows everything breaks no connection, and the kernel would wait a
 * quarter of an hour for what was sent: so one over which nothing comes for `silentMs` is broken here. Pools close idle
 * ones long before, and what listens for notifications asks more often. pg's own `query_timeout` would give the dead
 * connection back to the pool.
 */
export function connectionOptions(databaseUrl: string, silentMs: number) {
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

/** A pool whose connections may break at any time: only what waits for one fails. */
export function createPool(options: PoolConfig, log: PoolLog): Pool {
  const pool = new Pool(options);
  // An idle connection that breaks is replaced by the pool; unheard, the event would end the process.
  pool.on('error', (error) => log.warn({ err: error }, 'a database connection was lost'));
  // So would that of one in use, to which the pool does not listen. Its statement, or the next one, fails by itself.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

/**
 * The server ends a transaction whose next statement, the commit among them, does not come in time: also one that waits
 * in the buffers of a server that stood still. https://www.postgresql.org/docs/current/runtime-config-client.html
 */
async function dropWhatStalls(client: ClientBase): Promise<void> {
  await client.query(`set idle_in_transaction_session_timeout = ${COMMIT_MS}`);
}

/** For what a person waits for. The pool waits for the promise, which its types leave out. */
export const INTERACTIVE_POOL = { onConnect: dropWhatStalls };
