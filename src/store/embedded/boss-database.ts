import type { PGlite } from '@electric-sql/pglite';
import { fromPglite } from 'pg-boss';
import type { Db } from 'pg-boss';
import type { Gate } from './gate.ts';

/** pg-boss sends some blocks as one text: BEGIN; …; COMMIT; */
const BLOCK = /^\s*BEGIN;([\s\S]*)COMMIT;\s*$/;

/**
 * pg-boss on a PGlite that others use too. pg-boss' own adapter rolls a failed block back with a second call, and
 * whoever comes in between finds the one connection in an aborted transaction. Here such a block is one exclusive step.
 */
export function bossDatabase(pglite: PGlite, gate: Gate): Db {
  const plain = fromPglite(pglite);
  return {
    ...plain,
    async executeSql(text, values) {
      const body = values?.length ? undefined : BLOCK.exec(text)?.[1];
      if (body === undefined) return gate.pass('patient', async () => plain.executeSql(text, values));
      const results = await gate.pass('patient', async () => pglite.transaction((trx) => trx.exec(body)));
      return { rows: results.flatMap((result) => result.rows) };
    },
  };
}
