import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import { errorFrom, type Call, type Inside, type Order, type QueryResult, type Report } from './protocol.ts';

type Statements = {
  query<Row>(sql: string, parameters?: readonly unknown[]): Promise<QueryResult<Row> & { fields: [] }>;
  exec<Row>(sql: string): Promise<QueryResult<Row>[]>;
};

/**
 * PGlite in its own thread: its statements run synchronously, and on the main thread each would keep the process from
 * reading what Slack sends.
 */
export type DatabaseThread = Statements & {
  open(folder: string, fresh: boolean): Promise<void>;
  /** Its commit reaches the disk a moment later, or with the next one that doesn't wait: a crash may undo it. */
  queryUnflushed<Row>(sql: string, parameters: readonly unknown[]): Promise<QueryResult<Row>>;
  /** No other statement runs in between. */
  transaction<Result>(
    task: (trx: Statements & { rollback(): Promise<void> }) => Promise<Result>,
  ): Promise<Result>;
  listen(channel: string, callback: (payload: string) => void): Promise<() => Promise<void>>;
  /** The first call ends the thread. */
  close(): Promise<void>;
  /** Ends the thread at once. */
  abandon(): Promise<void>;
  readonly closed: boolean;
};

type ThreadOptions = {
  /** Another program to run in it. */
  program?: URL;
  /** The database or its thread has failed for good. */
  onFatal: (cause: Error) => void;
};

export const DATABASE_PROGRAM = new URL('main-of-thread.ts', import.meta.url);

/**
 * With little room for new objects, in MB: this saves 25 MB and costs nothing. V8 takes the flag over a limit of the thread's
 * own, and reads it once for each thread: the app's keeps what `npm start` gives it.
 */
const SEMI_SPACE_MB = 2;

function startWorker(program: URL): Worker {
  setFlagsFromString(`--max-semi-space-size=${SEMI_SPACE_MB}`);
  return new Worker(program, { name: 'database' });
}

export function startDatabaseThread({ program = DATABASE_PROGRAM, onFatal }: ThreadOptions): DatabaseThread {
  const line = createLine(startWorker(program), onFatal);
  let transactions = 0;

  const statements = (inside: () => Inside | null): Statements => ({
    async query(sql, parameters = []) {
      // Only the caller knows the type of the rows.
      const result = await line.call<QueryResult<never>>({ do: 'query', sql, parameters, inside: inside() });
      // Kysely's types want columns; it doesn't read them.
      return { ...result, fields: [] };
    },
    exec: async (sql) => line.call({ do: 'exec', sql, inside: inside() }),
  });

  return {
    ...statements(() => null),
    queryUnflushed: async (sql, parameters) =>
      line.call({ do: 'query', sql, parameters, inside: null, unflushed: true }),
    open: async (folder, fresh) => line.call({ do: 'open', folder, fresh }),
    async transaction(task) {
      const transaction = (transactions += 1);
      let state: 'new' | 'open' | 'over' = 'new';
      const inside = (): Inside => {
        const begins = state === 'new';
        if (begins) state = 'open';
        return { transaction, begins };
      };
      const end = async (how: 'commit' | 'rollback'): Promise<void> => {
        if (state === 'open') await line.call({ do: how, transaction });
        state = 'over';
      };
      const rollback = async (): Promise<void> => end('rollback');
      try {
        const result = await task({ ...statements(inside), rollback });
        await end('commit');
        return result;
      } catch (error) {
        await rollback().catch(() => undefined);
        throw error;
      }
    },
    async listen(channel, callback) {
      line.listeners.set(channel, callback);
      await line.call({ do: 'listen', channel });
      return async () => {
        line.listeners.delete(channel);
        return Promise.resolve();
      };
    },
    close: line.close,
    abandon: line.abandon,
    get closed() {
      return line.isOver();
    },
  };
}

type Waiting = { resolve(value: never): void; reject(error: Error): void };

/** Calls and their answers. While nothing is asked, the thread does not keep the process alive. */
function createLine(worker: Worker, onFatal: (cause: Error) => void) {
  const waiting = new Map<number, Waiting>();
  const listeners = new Map<string, (payload: string) => void>();
  let calls = 0;
  let over: Error | null = null;
  let panicked = false;

  function end(cause: Error): void {
    over ??= cause;
    for (const { reject } of waiting.values()) reject(over);
    waiting.clear();
  }

  function settle(id: number, how: (one: Waiting) => void): void {
    const one = waiting.get(id);
    waiting.delete(id);
    if (waiting.size === 0) worker.unref();
    if (one !== undefined) how(one);
  }

  worker.on('message', (report: Report) => {
    switch (report.kind) {
      case 'done':
        return settle(report.id, ({ resolve }) => resolve(report.value));
      case 'failed':
        return settle(report.id, ({ reject }) => reject(errorFrom(report.error)));
      case 'notified':
        return listeners.get(report.channel)?.(report.payload);
      case 'panicked':
        panicked = true;
        return onFatal(errorFrom(report.error));
    }
  });
  const lost = (cause: Error): void => {
    if (over !== null) return;
    end(cause);
    onFatal(cause);
  };
  worker.on('error', lost);
  worker.on('exit', (code) => lost(new Error(`the thread of the database ended (${code})`)));
  worker.unref();

  async function call<Value>(order: Order): Promise<Value> {
    const id = (calls += 1);
    return new Promise<Value>((resolve, reject) => {
      if (over !== null) return reject(over);
      const message: Call = { id, order };
      worker.postMessage(message);
      waiting.set(id, { resolve, reject });
      worker.ref();
    });
  }

  async function abandon(): Promise<void> {
    end(new Error('the database is closed'));
    await worker.terminate();
  }

  return {
    call,
    listeners,
    isOver: () => over !== null,
    async close(): Promise<void> {
      if (over !== null) return;
      // After a panic it must not write a clean end into its log: the next start recovers from it.
      if (!panicked) await call({ do: 'close' });
      await abandon();
    },
    abandon,
  };
}
