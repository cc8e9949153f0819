import { fsyncSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import type { MessagePort } from 'node:worker_threads';
import { gunzipSync } from 'node:zlib';
import { PGlite, type PGliteOptions, type Results, parse, protocol } from '@electric-sql/pglite';
import { NodeFS } from '@electric-sql/pglite/nodefs';

/** What the process asks of the thread that runs the database. */
export type Order =
  | { do: 'open'; folder: string; fresh: boolean }
  /** `begins`: a transaction, with this statement. `unflushed`: its commit reaches the disk with the next one. */
  | { do: 'query'; sql: string; parameters: readonly unknown[]; begins?: boolean; unflushed?: boolean }
  | { do: 'commit' | 'rollback' }
  | { do: 'listen'; channel: string }
  | { do: 'close' };

export type Call = { id: number; order: Order };

/** What the thread answers. Only the caller knows the type of `value`. */
export type Report<Value = never> =
  | { kind: 'done'; id: number; value: Value }
  | { kind: 'failed'; id: number; error: ErrorFacts }
  | { kind: 'notified'; channel: string; payload: string }
  | { kind: 'panicked'; error: ErrorFacts };

export type QueryResult<Row> = Pick<Results<Row>, 'rows' | 'affectedRows'>;

/** An error's own properties don't survive a message to another thread. */
export type ErrorFacts = { message: string; stack: string | undefined; own: Record<string, string> };

/** Left out: they hold what people wrote. */
const HIDDEN = new Set(['message', 'stack', 'query', 'params', 'queryOptions', 'where', 'detail']);

function errorFacts(error: unknown): ErrorFacts {
  // Emscripten throws plain objects for what a file system refuses.
  if (!(error instanceof Error)) return { message: inspect(error, { depth: 0 }), stack: undefined, own: {} };
  const own = Object.entries(error).filter(
    (entry): entry is [string, string] => !HIDDEN.has(entry[0]) && typeof entry[1] === 'string',
  );
  return { message: error.message, stack: error.stack, own: Object.fromEntries(own) };
}

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

type Servant = (order: Exclude<Order, { do: 'open' }>) => Promise<unknown>;

/** The other end of database-thread.ts: runs the database in this thread, and carries out orders one after another. */
export function serve(port: MessagePort, fsync: Fsync = fsyncSync): void {
  const report = (said: Report<unknown>): void => port.postMessage(said);
  let obey: Servant = async () => Promise.reject(new Error('the database is not open'));
  let last = Promise.resolve();

  async function take(order: Order): Promise<unknown> {
    if (order.do !== 'open') return obey(order);
    const onPanic = (panic: Error): void => report({ kind: 'panicked', error: errorFacts(panic) });
    const pglite = await startPGlite(order, fsync, onPanic);
    obey = createServant(pglite, (channel, payload) => report({ kind: 'notified', channel, payload }));
    return null;
  }

  port.on('message', ({ id, order }: Call) => {
    last = last
      .then(async () => take(order))
      .then(
        (value) => report({ kind: 'done', id, value }),
        (error: unknown) => report({ kind: 'failed', id, error: errorFacts(error) }),
      );
  });
}

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

function createServant(
  pglite: GuardedPGlite,
  onNotified: (channel: string, payload: string) => void,
): Servant {
  const statements = createStatements(pglite);

  async function query({ sql, parameters, begins, unflushed }: Extract<Order, { do: 'query' }>) {
    if (begins === true) await pglite.exec('begin');
    if (unflushed !== true) return statements.query(sql, parameters);
    await statements.query('set synchronous_commit to off', []);
    try {
      return await statements.query(sql, parameters);
    } finally {
      await statements.query('set synchronous_commit to on', []);
    }
  }

  return async (order) => {
    switch (order.do) {
      case 'query': {
        const { rows, affectedRows } = await query(order);
        // Nobody reads the names and types of the columns, which are often more than the rows.
        return { rows, affectedRows };
      }
      case 'commit': {
        const [done] = await pglite.exec('commit');
        // As Postgres answers if a statement failed before.
        if (done?.command === 'ROLLBACK') throw Object.assign(new Error('rolled back'), { code: ABORTED });
        return null;
      }
      case 'rollback':
        await pglite.exec('rollback');
        return null;
      case 'listen':
        await pglite.listen(order.channel, (payload) => onNotified(order.channel, payload));
        return null;
      case 'close':
        return pglite.close();
    }
  };
}

/** in_failed_sql_transaction, https://www.postgresql.org/docs/current/errcodes-appendix.html */
const ABORTED = '25P02';

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

  constructor(folder: string, fsync: Fsync) {
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

const PREPARABLE = /^\s*(select|insert|update|delete|with|set)\b/i;
/** Only a single statement can be prepared. */
const SEVERAL = /;\s*\S/;
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
function createStatements(pglite: PGlite) {
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

  async function runPrepared(sql: string, parameters: readonly unknown[]) {
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
  }

  return {
    async query(sql: string, parameters: readonly unknown[]): Promise<QueryResult<unknown>> {
      const isOne = parameters.length > 0 || !SEVERAL.test(sql);
      if (isOne && PREPARABLE.test(sql)) return runPrepared(sql, parameters);
      if (CHANGES_TABLES.test(sql)) forget();
      if (parameters.length > 0) return pglite.query(sql, [...parameters]);
      const results = await pglite.exec(sql);
      return { rows: results.flatMap(({ rows }) => rows), affectedRows: results.at(-1)?.affectedRows ?? 0 };
    },
  };
}
