import type { Kysely } from 'kysely';
import { readStoreConfig } from '../config.ts';
import { openDatabase } from '../store/database.ts';
import { contentOf } from '../store/embedded/embedded.ts';
import { codeOf, StoreError } from '../store/store-error.ts';
import type { Tables } from '../store/tables.ts';
import type { Text } from '../text/index.ts';
import { configSentence, operatorSentence } from './sentences.ts';

/** SQLSTATE of a table, a column or a function that does not exist. https://www.postgresql.org/docs/current/errcodes-appendix.html */
const NOT_UPDATED = new Set(['42P01', '42703', '42883']);

/** Why the store can't be used: sentences for the person who runs the app. */
type NoStore = { problems: string[] };

/** Runs a task on the database. On Postgres, the app may be running. */
export async function withStore<T>(
  task: (db: Kysely<Tables>) => Promise<T>,
  text: Text,
): Promise<T | NoStore> {
  const read = readStoreConfig();
  if (!read.ok) return { problems: read.problems.map((problem) => configSentence(problem, text)) };
  const { databaseUrl, dataDir } = read.config;
  if (databaseUrl === null && contentOf(dataDir) === 'nothing')
    return { problems: [text.operator.noDatabase(dataDir)] };
  try {
    const database = await openDatabase({ dataDir, databaseUrl });
    return await task(database.db).finally(async () => database.close());
  } catch (error) {
    if (error instanceof StoreError) {
      const { embeddedInUse } = text.operator;
      const isInUse = error.code === 'folder-in-use';
      return { problems: [isInUse ? embeddedInUse(dataDir) : operatorSentence(error, text)] };
    }
    if (NOT_UPDATED.has(codeOf(error) ?? '')) return { problems: [text.operator.notUpdated] };
    const reason = error instanceof Error ? error.message : String(error);
    return { problems: [text.operator.failed(reason)] };
  }
}
