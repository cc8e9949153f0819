import type { Kysely } from 'kysely';
import { readStoreConfig } from '../config.ts';
import { openDatabase } from '../store/database.ts';
import { contentOf } from '../store/embedded/embedded.ts';
import { hasSchema } from '../store/schema.ts';
import { codeOf } from '../store/store-error.ts';
import type { Tables } from '../store/tables.ts';
import type { Text } from '../text/index.ts';
import { OperatorError } from '../text/operator-error.ts';
import { complain } from './command-line.ts';

/** Returns the exit code. On Postgres, the app may be running. */
type StoreTask = (db: Kysely<Tables>) => Promise<number>;

/** Runs a task on the database, or says why the database can't be used. */
export async function withStore(task: StoreTask, text: Text): Promise<number> {
  const read = readStoreConfig(text);
  if (!read.ok) return complain(read.problems);
  const { databaseUrl, dataDir } = read.config;
  if (databaseUrl === null && contentOf(dataDir) === 'nothing') return complain([text.operator.noDatabase]);
  try {
    const database = await openDatabase({ dataDir, databaseUrl });
    return await database
      .ping()
      .catch(unlessReadOnly)
      .then(async () => hasSchema(database.db))
      .then(async (exists) => (exists ? task(database.db) : complain([text.operator.noDatabase])))
      .finally(async () => database.close());
  } catch (error) {
    return complain([troubleSentence(error, dataDir, text)]);
  }
}

/** A standby is enough to read from. */
function unlessReadOnly(error: unknown): void {
  if (codeOf(error) !== 'database-readonly') throw error;
}

function troubleSentence(error: unknown, dataDir: string, text: Text): string {
  const { embeddedInUse, failed } = text.operator;
  if (error instanceof OperatorError)
    return error.code === 'folder-in-use' ? embeddedInUse(dataDir) : error.say(text);
  return failed(error instanceof Error ? error.message : String(error));
}
