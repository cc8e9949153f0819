import { fsyncSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MessagePort } from 'node:worker_threads';
import { gunzipSync } from 'node:zlib';
import { PGlite, type PGliteOptions, type Transaction, parse, protocol } from '@electric-sql/pglite';
import { NodeFS } from '@electric-sql/pglite/nodefs';
import { errorFacts, type Call, type Inside, type Order, type Report } from './protocol.ts';

/** PGlite starts with `-F` (no fsync) otherwise. Its WAL is kept small: nothing else trims it in single-user mode. */
const START_PARAMETERS = [
  ...PGlite.defaultStartParams.filter((parameter) => parameter !== '-F'),
  ...[
    'fsync=on',
    'wal_sync_method=fsync',
    'shared_buffers=8MB',
    'min_wal_size=32MB',
    'max_wal_size=64MB',
    // A tenth of the usual sample: 100 ms instead of 1 s a table, and enough for statements that name what they want.
    'default_statistics_target=10',
    // To plan a statement takes 0.3 to 4 ms in WebAssembly, mostly more than to run it: each is planned once.
    'plan_cache_mode=force_generic_plan',
  ].flatMap((setting) => ['-c', setting]),
];

/** The other end of database-thread.ts: runs the database in this thread, for the process behind the port. */
export function serve(port: MessagePort, fsync: Fsync = fsyncSync): void {
  const report = (said: Report<unknown>): void => port.postMessage(said);
  let obey: ((order: Exclude<Order, { do: 'open' }>) => Promise<unknown>) | null = null;

  async function take(order: Order): Promise<unknown> {
    if (order.do !== 'open') {
      if (obey === null) throw new Error('the database is not open');
      return obey(order);
    }
    const pglite = await startPGlite(order, fsync, (panic) =>
      report({ kind: 'panicked', error: errorFacts(panic) }),
    );
    obey = createServant(pglite, (channel, payload) => report({ kind: 'notified', channel, payload }));
    return null;
  }

  port.on('message', ({ id, order }: Call) => {
    take(order).then(
      (value) => report({ kind: 'done', id, value }),
      (error: unknown) => report({ kind: 'failed', id, error: errorFacts(error) }),
    );
  });
}

/** The orders once it is open. */

async function startPGlite(
  { folder, fresh }: { folder: string; fresh: boolean },
  fsync: Fsync,
  onPanic: (panic: Error) => void,
): Promise<GuardedPGlite> {
  if (fresh) await unpackDatabase(folder);
  const options = { fs: new SyncedNodeFS(folder, fsync), startParams: START_PARAMETERS };
  const pglite = new GuardedPGlite(options, onPanic);
  await pglite.waitReady;
  return pglite;
}

const BLOCK = 512;

/**
 * Makes the files of an empty database, as `initdb` would in seconds and with a gigabyte. PGlite could load them itself, but
 * would keep 40 MB of them until the process ends.
 * https://www.gnu.org/software/tar/manual/html_node/Standard.html
 */
async function unpackDatabase(folder: string): Promise<void> {
  const { dataDir } = await import('@electric-sql/pglite-prepopulatedfs');
  const packed = await dataDir();
  const tar = gunzipSync(await packed.arrayBuffer());
  for (let at = 0; tar[at] !== 0;) {
    const words = (from: number, to: number): string =>
      tar.toString('latin1', at + from, at + to).replace(/\0.*/s, '');
    const path = join(folder, words(0, 100));
    const size = Number.parseInt(words(124, 136), 8);
    const content = tar.subarray(at + BLOCK, at + BLOCK + size);
    if (words(156, 157) === '5') mkdirSync(path, { recursive: true, mode: 0o700 });
    else writeFileSync(path, content, { mode: 0o600 });
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
}

/** What was committed without waiting for the disk is on it after this time. */
const FLUSH_MS = 250;
const FLUSH = `select pg_logical_emit_message(true, 'flush', '')`;

type Open = { trx: Transaction; commit(): void; rollback(reason: Error): void; ended: Promise<void> };

function createServant(pglite: GuardedPGlite, onNotified: (channel: string, payload: string) => void) {
  const prepared = createPrepared(pglite);
  const open = new Map<number, Promise<Open>>();
  let flushing: NodeJS.Timeout | null = null;

  async function at(transaction: number): Promise<Open> {
    const found = open.get(transaction);
    if (found === undefined) throw new Error('the transaction is over');
    return found;
  }

  function begin(transaction: number): void {
    const begun = Promise.withResolvers<Open>();
    const end = Promise.withResolvers<void>();
    const ended = pglite.transaction(async (trx) => {
      begun.resolve({ trx, commit: end.resolve, rollback: end.reject, ended });
      await end.promise;
    });
    // The caller awaits its end; here only a failed beginning counts.
    ended.catch(begun.reject);
    open.set(transaction, begun.promise);
  }

  async function enter({ transaction, begins }: Inside): Promise<Transaction> {
    if (begins) begin(transaction);
    return (await at(transaction)).trx;
  }

  /** Alone, as all that is no transaction. */
  async function runUnflushed(sql: string, parameters: readonly unknown[]) {
    await prepared.run('set synchronous_commit to off', []);
    try {
      return await prepared.run(sql, parameters);
    } finally {
      await prepared.run('set synchronous_commit to on', []);
      flushing ??= setTimeout(() => {
        flushing = null;
        // Any commit that waits for the disk takes along those before it.
        pglite.query(FLUSH).catch(() => undefined);
      }, FLUSH_MS).unref();
    }
  }

  async function query({ sql, parameters, inside, unflushed }: Extract<Order, { do: 'query' }>) {
    if (unflushed === true) return pglite._runExclusiveTransaction(async () => runUnflushed(sql, parameters));
    const trx = inside === null ? null : await enter(inside);
    if (!PREPARABLE.test(sql)) {
      prepared.passBy(sql);
      return (trx ?? pglite).query(sql, [...parameters]);
    }
    if (trx === null) return pglite._runExclusiveTransaction(async () => prepared.run(sql, parameters));
    return prepared.run(sql, parameters);
  }

  async function end(transaction: number, how: (open: Open) => void): Promise<void> {
    const ending = await at(transaction).finally(() => open.delete(transaction));
    how(ending);
    await ending.ended;
  }

  return async (order: Exclude<Order, { do: 'open' }>): Promise<unknown> => {
    switch (order.do) {
      case 'query':
        return toResult(await query(order));
      case 'exec': {
        const trx = order.inside === null ? pglite : await enter(order.inside);
        prepared.passBy(order.sql);
        return (await trx.exec(order.sql)).map(toResult);
      }
      case 'commit':
        return end(order.transaction, ({ commit }) => commit());
      case 'rollback':
        return end(order.transaction, ({ rollback }) => rollback(new Error('rolled back'))).catch(() => null);
      case 'listen':
        await pglite.listen(order.channel, (payload) => onNotified(order.channel, payload));
        return null;
      case 'close':
        return pglite.close();
    }
  };
}

/** Nobody reads the names and types of the columns, which are often more than the rows. */
function toResult({ rows, affectedRows }: Awaited<ReturnType<PGlite['query']>>) {
  return { rows, affectedRows };
}

/**
 * A PGlite that knows when it is dead. After a panic (the disk is full or failed) Postgres must be restarted and
 * recovers from its log; PGlite lets the next statement in, which then never returns and stops the whole process.
 * https://www.postgresql.org/docs/current/runtime-config-logging.html#RUNTIME-CONFIG-SEVERITY-LEVELS
 */
class GuardedPGlite extends PGlite {
  #panic: Error | null = null;
  readonly #onPanic: (panic: Error) => void;

  constructor(options: PGliteOptions, onPanic: (panic: Error) => void) {
    super(options);
    this.#onPanic = onPanic;
  }

  override execProtocolRawSync(message: Uint8Array): Uint8Array {
    if (this.#panic !== null) throw this.#panic;
    return super.execProtocolRawSync(message);
  }

  override async execProtocolStream(
    ...parameters: Parameters<PGlite['execProtocolStream']>
  ): ReturnType<PGlite['execProtocolStream']> {
    try {
      return await super.execProtocolStream(...parameters);
    } catch (error) {
      if (this.#panic === null && isPanic(error)) {
        this.#panic = error;
        this.#onPanic(error);
      }
      throw error;
    }
  }
}

function isPanic(error: unknown): error is Error {
  if (!(error instanceof Error) || !('severity' in error)) return false;
  return error.severity === 'PANIC' || error.severity === 'FATAL';
}

type Fsync = (fd: number) => void;

/**
 * A folder on disk with a working fsync. Emscripten's NODEFS has none: Postgres' calls succeed and do nothing, so
 * a power cut would take what was acknowledged. Files and folders both come here; both have a descriptor.
 * https://github.com/emscripten-core/emscripten/blob/main/src/lib/libnodefs.js
 */
class SyncedNodeFS extends NodeFS {
  readonly #fsync: Fsync;

  constructor(folder: string, fsync: Fsync = fsyncSync) {
    super(folder);
    this.#fsync = fsync;
  }

  override async init(pg: PGlite, options: Parameters<NodeFS['init']>[1]): ReturnType<NodeFS['init']> {
    const { emscriptenOpts } = await super.init(pg, options);
    const install = (module: unknown): void => installFsync(module, this.#fsync);
    return { emscriptenOpts: { ...emscriptenOpts, preRun: [...(emscriptenOpts.preRun ?? []), install] } };
  }
}

/** Node.js errors become Emscripten's, which Postgres sees as a failed fsync and answers with a panic. */
function installFsync(module: unknown, fsync: Fsync): void {
  if (!hasNodeFiles(module)) throw new Error('PGlite changed: its module has no NODEFS to add fsync to');
  const files = module.NODEFS;
  files.stream_ops['fsync'] = ({ nfd }: { nfd: number }): number => {
    files.tryFSOperation(() => fsync(nfd));
    return 0;
  };
}

type NodeFiles = { stream_ops: Record<string, unknown>; tryFSOperation(operation: () => void): void };

function hasNodeFiles(module: unknown): module is { NODEFS: NodeFiles } {
  if (!isObject(module) || !('NODEFS' in module) || !isObject(module.NODEFS)) return false;
  const files = module.NODEFS;
  return 'stream_ops' in files && 'tryFSOperation' in files && typeof files.tryFSOperation === 'function';
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

const { serialize } = protocol;

const PREPARABLE = /^\s*(select|insert|update|delete|with)\b/i;
/** A change of tables changes the columns that prepared statements return. */
const CHANGES_TABLES = /\b(create|alter|drop)\b/i;
/** Lists of values differ in length, and each length is a statement of its own. */
const MOST = 400;

type Messages = Parameters<typeof parse.parseResults>[0];
/** `columns`: how its rows are described; empty: it has none. */
type Statement = { name: string; types: readonly number[]; columns: Messages };

/**
 * Statements that were parsed before aren't parsed again: in WebAssembly, this takes longer than most of them run.
 * PGlite itself parses each time, and crosses into WebAssembly six times for it.
 * https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-EXT-QUERY
 */
function createPrepared(pglite: PGlite) {
  const statements = new Map<string, Statement>();
  let named = 0;
  let isForgetting = false;

  async function send(...messages: Uint8Array[]) {
    return pglite.execProtocolStream(Buffer.concat(messages), { syncToFs: false });
  }

  async function prepare(sql: string): Promise<Statement> {
    if (isForgetting) await send(serialize.query('deallocate all'));
    isForgetting = false;
    const name = `s${(named += 1)}`;
    const said = await send(
      serialize.parse({ name, text: sql }),
      serialize.describe({ type: 'S', name }),
      serialize.sync(),
    );
    const statement = {
      name,
      types: parse.parseDescribeStatementResults(said),
      columns: said.filter((message) => message.name === 'rowDescription'),
    };
    statements.set(sql, statement);
    if (statements.size >= MOST) forget();
    return statement;
  }

  function forget(): void {
    statements.clear();
    isForgetting = true;
  }

  function toText(value: unknown, type: number | undefined): string | null {
    if (value === null || value === undefined) return null;
    return (pglite.serializers[type ?? 0] ?? String)(value);
  }

  return {
    /** Outside of a transaction, none may begin meanwhile. */
    run: async (sql: string, parameters: readonly unknown[]) =>
      pglite._runExclusiveQuery(async () => {
        const { name, types, columns } = statements.get(sql) ?? (await prepare(sql));
        const values = parameters.map((value, at) => toText(value, types[at]));
        const said = await send(
          serialize.bind({ statement: name, values }),
          serialize.execute(),
          serialize.sync(),
        );
        const [result] = parse.parseResults([...columns, ...said], pglite.parsers);
        if (result === undefined) throw new Error('PGlite changed: a statement had no result');
        return result;
      }),

    /** Before statements that aren't preparable. */
    passBy(sql: string): void {
      if (CHANGES_TABLES.test(sql)) forget();
    },
  };
}
