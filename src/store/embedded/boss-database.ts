import { fromPglite } from 'pg-boss';
import type { Db } from 'pg-boss';
import type { DatabaseThread } from './database-thread.ts';
import type { Gate } from './gate.ts';

/** pg-boss sends some blocks as one text: BEGIN; …; COMMIT; */
const BLOCK = /^\s*BEGIN;([\s\S]*)COMMIT;\s*$/;

/**
 * pg-boss on a database that others use too. pg-boss' own adapter rolls a failed block back with a second call, and
 * what comes in between finds the one connection in an aborted transaction. Here such a block is one exclusive step.
 */
export function bossDatabase(thread: DatabaseThread, gate: Gate): Db {
  const plain = fromPglite(thread);
  return {
    ...plain,
    async executeSql(text, values) {
      const body = values?.length ? undefined : BLOCK.exec(text)?.[1];
      if (body === undefined) return gate.pass('background', async () => plain.executeSql(text, values));
      const results = await gate.pass('background', async () => thread.transaction((trx) => trx.exec(body)));
      return { rows: results.flatMap((result) => result.rows) };
    },
  };
}
