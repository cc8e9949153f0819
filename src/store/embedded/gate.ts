import type { PGliteDialectConfig } from 'kysely';
import { fromPglite, type Db } from 'pg-boss';
import type { DatabaseThread } from './database-thread.ts';

/** `interactive`: a person in Slack waits for it. */
export type Priority = 'interactive' | 'background';

type ThreadGate = ReturnType<typeof createPriorityGate>;

/**
 * The embedded database does one thing at a time, in order. Here interactive statements and transactions overtake the
 * others, so that answering Slack doesn't wait for background work.
 */
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

type KyselyPGlite = Exclude<PGliteDialectConfig['pglite'], (...parameters: never[]) => unknown>;

/** The one database, as a Kysely instance of this urgency sees it. */
export function throughGate(thread: DatabaseThread, gate: ThreadGate, priority: Priority): KyselyPGlite {
  return {
    get closed() {
      return thread.closed;
    },
    ready: true,
    waitReady: Promise.resolve(),
    close: thread.close,
    query: async (sql, parameters) => gate.pass(priority, async () => thread.query(sql, parameters)),
    transaction: async (task) => gate.pass(priority, async () => thread.transaction(task)),
  };
}

/** pg-boss for what a crash may undo: that a job was fetched or is done, which its handler bears twice. */
export function unflushedDatabase(thread: DatabaseThread, gate: ThreadGate): Db {
  return {
    executeSql: async (text, values) =>
      gate.pass('background', async () => thread.queryUnflushed(text, values ?? [])),
  };
}

/** pg-boss sends some blocks as one text: BEGIN; …; COMMIT; */
const BLOCK = /^\s*BEGIN;([\s\S]*)COMMIT;\s*$/;
/** Only a single statement can be prepared. */
const SEVERAL = /;\s*\S/;

/**
 * pg-boss on the one connection that others use, too. Its own adapter rolls a failed block back with a second call; a
 * statement between the two would run in the aborted transaction. Here, a block is one exclusive step.
 */
export function bossDatabase(thread: DatabaseThread, gate: ThreadGate): Db {
  const plain = fromPglite(thread);
  return {
    ...plain,
    async executeSql(text, values) {
      if (values?.length || !SEVERAL.test(text))
        return gate.pass('background', async () => thread.query(text, values ?? []));
      const body = BLOCK.exec(text)?.[1];
      if (body === undefined) return gate.pass('background', async () => plain.executeSql(text));
      const results = await gate.pass('background', async () => thread.transaction((trx) => trx.exec(body)));
      return { rows: results.flatMap((result) => result.rows) };
    },
  };
}
