import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import type { PGliteDialectConfig } from 'kysely';
import type { Db } from 'pg-boss';
import type { Call, ErrorFacts, Order, QueryResult, Report } from './serve.ts';

const DATABASE_PROGRAM = new URL('main-of-thread.ts', import.meta.url);

/**
 * With little room for new objects, in MB: this saves 25 MB and costs nothing. V8 takes the flag over a limit of the thread's
 * own, and reads it once for each thread: the app's keeps what `npm start` gives it.
 */
const SEMI_SPACE_MB = 2;

/** What was committed without waiting for the disk is on it after this time. */
const FLUSH_MS = 250;
/** Any commit that waits for the disk takes along those before it. */
const FLUSH = `select pg_logical_emit_message(true, 'flush', '')`;

type KyselyPGlite = Exclude<PGliteDialectConfig['pglite'], (...parameters: never[]) => unknown>;

export type DatabaseThread = ReturnType<typeof startDatabaseThread>;

/**
 * PGlite in its own thread: its statements run synchronously, and on the main thread each would keep the process from
 * reading what Slack sends. It has one connection, which everything passes to through one gate. `onFatal`: it has failed for good.
 */
export function startDatabaseThread(onFatal: (cause: Error) => void, program = DATABASE_PROGRAM) {
  setFlagsFromString(`--max-semi-space-size=${SEMI_SPACE_MB}`);
  const line = createLine(new Worker(program, { name: 'database' }), onFatal);
  const gate = createPriorityGate();
  let flushing: NodeJS.Timeout | null = null;

  async function ask(
    sql: string,
    parameters: readonly unknown[] = [],
    how: { begins?: boolean; unflushed?: boolean } = {},
  ) {
    // Only the caller knows the type of the rows.
    const result = await line.call<QueryResult<never>>({ do: 'query', sql, parameters, ...how });
    // Kysely's types want columns; it doesn't read them.
    return { ...result, fields: [] };
  }

  const query = async (sql: string) => gate.pass('background', async () => ask(sql));

  const transaction: KyselyPGlite['transaction'] = async (task) => {
    let state: 'new' | 'open' | 'over' = 'new';
    const end = async (how: 'commit' | 'rollback'): Promise<void> => {
      const wasOpen = state === 'open';
      state = 'over';
      if (wasOpen) await line.call({ do: how });
    };
    const rollback = async (): Promise<void> => end('rollback');
    try {
      const result = await task({
        async query(sql, parameters) {
          if (state === 'over') throw new Error('the transaction is over');
          const begins = state === 'new';
          state = 'open';
          return ask(sql, parameters, { begins });
        },
        rollback,
      });
      await end('commit');
      return result;
    } catch (error) {
      await rollback().catch(() => undefined);
      throw error;
    }
  };

  function flushSoon(): void {
    flushing ??= setTimeout(() => {
      flushing = null;
      query(FLUSH).catch(() => undefined);
    }, FLUSH_MS).unref();
  }

  const boss: Db = {
    executeSql: async (text, values) =>
      gate.pass('background', async () => {
        try {
          return await ask(text, values);
        } catch (error) {
          // pg-boss sends some transactions as one text, and expects a connection without one after it failed.
          await line.call({ do: 'rollback' }).catch(() => undefined);
          throw error;
        }
      }),
    async listen(channel, onNotification, onReconnect) {
      line.listeners.set(channel, onNotification);
      await gate.pass('background', async () => line.call({ do: 'listen', channel }));
      onReconnect();
      const close = async (): Promise<void> => {
        line.listeners.delete(channel);
        return Promise.resolve();
      };
      return { close };
    },
  };

  return {
    open: async (folder: string, fresh: boolean): Promise<void> => line.call({ do: 'open', folder, fresh }),
    /** When nobody in Slack waits for it. */
    query,
    /** As Kysely sees it. */
    at: (priority: Priority): KyselyPGlite => ({
      get closed() {
        return line.isOver();
      },
      ready: true,
      waitReady: Promise.resolve(),
      close: line.close,
      query: async (sql, parameters) => gate.pass(priority, async () => ask(sql, parameters)),
      transaction: async (task) => gate.pass(priority, async () => transaction(task)),
    }),
    boss,
    /** Its commits reach the disk a moment later: a crash may undo them. */
    unflushed: {
      executeSql: async (text, values) =>
        gate
          .pass('background', async () => ask(text, values, { unflushed: true }))
          .finally(() => flushSoon()),
    } satisfies Db,
    /** The first call ends the thread. */
    close: line.close,
    /** Ends the thread at once. */
    abandon: line.abandon,
  };
}

/** `interactive`: a person in Slack waits for it. */
type Priority = 'interactive' | 'background';

/** One statement or transaction at a time. Interactive ones overtake: to answer Slack doesn't wait for background work. */
export function createPriorityGate() {
  const waiting: Record<Priority, (() => void)[]> = { interactive: [], background: [] };
  let busy = false;

  function admit(): void {
    const next = busy ? undefined : (waiting.interactive.shift() ?? waiting.background.shift());
    if (next === undefined) return;
    busy = true;
    next();
  }

  return {
    async pass<T>(priority: Priority, task: () => Promise<T>): Promise<T> {
      await new Promise<void>((resolve) => {
        waiting[priority].push(resolve);
        admit();
      });
      try {
        return await task();
      } finally {
        busy = false;
        admit();
      }
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

function errorFrom({ message, stack, own }: ErrorFacts): Error {
  const error = Object.assign(new Error(message), own);
  if (stack !== undefined) error.stack = stack;
  return error;
}
