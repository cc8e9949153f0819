import { cpSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createQueue } from '../../src/queue/jobs.ts';
import { openDatabase, type Database } from '../../src/store/database.ts';
import { prepareSchema } from '../../src/store/schema.ts';

/** Makes `dataDir` with an embedded database that has no tables. */
export const copyEmpty = copyOf(async () => undefined);

/** Makes `dataDir` as a bot leaves it that was started and stopped once. */
export const copyStarted = copyOf(startOnce);

/** Leaves the database as a bot does that is started and stopped. */
export async function startOnce(database: Database): Promise<void> {
  await prepareSchema(database.db);
  const queue = createQueue({ database, log: { error: () => {}, warn: () => {} } });
  await queue.start();
  await queue.stop({ timeoutMs: 0 });
}

/** A first start takes seconds, and copying its result almost nothing: one is made per process. */
function copyOf(fill: (database: Database) => Promise<void>): (dataDir: string) => Promise<void> {
  let made: Promise<string> | null = null;
  const make = async (): Promise<string> => {
    const dataDir = await mkdtemp(join(tmpdir(), 'prepared-'));
    const database = await openDatabase({ dataDir });
    await fill(database);
    await database.close();
    return dataDir;
  };
  return async (dataDir) => {
    made ??= make();
    cpSync(await made, dataDir, { recursive: true });
  };
}
