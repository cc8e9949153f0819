import { setTimeout as delay } from 'node:timers/promises';
import { isUntrusted } from '../network.ts';
import { codeOf, StoreError } from './store-error.ts';

const BETWEEN_TRIES_MS = 1000;

type Reaching = {
  databaseUrl: string;
  /** How long to wait for a server that starts at the same time. */
  patienceMs: number;
  /** Called once if it waits. */
  onWait: (error: StoreError) => void;
};

/** Resolves once the server answers. Rejects with a `StoreError`. */
export async function reach(
  ping: () => Promise<void>,
  { databaseUrl, patienceMs, onWait }: Reaching,
): Promise<void> {
  const untilMs = performance.now() + patienceMs;
  let hasWaited = false;
  const wait = (problem: StoreError): void => {
    if (!hasWaited) onWait(problem);
    hasWaited = true;
  };
  // A firewall may drop what is sent to a wrong address.
  const silent = setTimeout(() => wait(connectError(databaseUrl, null)), BETWEEN_TRIES_MS);
  try {
    for (;;) {
      const problem = await pinged(ping, databaseUrl);
      if (problem === null) return;
      if (problem.code !== 'database-unreachable' || performance.now() >= untilMs) throw problem;
      wait(problem);
      await delay(BETWEEN_TRIES_MS);
    }
  } finally {
    clearTimeout(silent);
  }
}

async function pinged(ping: () => Promise<void>, databaseUrl: string): Promise<StoreError | null> {
  return ping().then(
    () => null,
    (error: unknown) => connectError(databaseUrl, error),
  );
}

const TOO_MANY_CONNECTIONS = '53300';

/** SQLSTATE 28: authorization; 3D000: no such database. https://www.postgresql.org/docs/current/errcodes-appendix.html */
function connectError(databaseUrl: string, cause: unknown): StoreError {
  const code = codeOf(cause) ?? '';
  const server = describeServer(databaseUrl);
  if (isUntrusted(code) || hasNoRoots(cause))
    return new StoreError({ code: 'database-untrusted', server }, { cause });
  if (code.startsWith('28') || isWithoutTls(cause))
    return new StoreError({ code: 'database-refused', server }, { cause });
  if (code === TOO_MANY_CONNECTIONS) return new StoreError({ code: 'database-full', server }, { cause });
  if (code === '3D000') return new StoreError({ code: 'database-missing', server }, { cause });
  return new StoreError({ code: 'database-unreachable', server }, { cause });
}

/** The file that `sslrootcert` names can't be read. */
function hasNoRoots(cause: unknown): boolean {
  return cause instanceof Error && 'syscall' in cause && cause.syscall === 'open';
}

/** pg has no code for it. https://github.com/brianc/node-postgres/blob/pg@8.23.1/packages/pg/lib/connection.js */
function isWithoutTls(cause: unknown): boolean {
  return cause instanceof Error && cause.message === 'The server does not support SSL connections';
}

/** Host, port and database, without user and password. */
function describeServer(databaseUrl: string): string {
  if (!URL.canParse(databaseUrl)) return 'not a Postgres address';
  const { host, pathname } = new URL(databaseUrl);
  return `${host}${pathname}`;
}
