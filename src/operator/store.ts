import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import type { Kysely } from 'kysely';
import { readStoreConfig } from '../config.ts';
import { configSentence, operatorSentence } from './sentences.ts';
import { openDatabase } from '../store/database.ts';
import { codeOf, StoreError } from '../store/store-error.ts';
import type { Tables } from '../store/tables.ts';
import type { Text } from '../text/index.ts';

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
  if (databaseUrl === null && !existsSync(join(dataDir, 'database', 'PG_VERSION')))
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
    throw error;
  }
}

/** Exit codes. `NOT_DONE`: the command is wrong, or the store can't be used. */
export const FINE = 0;
export const WRONG = 1;
const NOT_DONE = 2;

export function complain(problems: readonly string[]): typeof NOT_DONE {
  process.stderr.write(`${problems.join('\n')}\n`);
  return NOT_DONE;
}

/** Asked for with --help, it is no complaint. */
export function showUsage(usage: string, args: readonly string[]): number {
  if (!args.includes('--help')) return complain([usage]);
  process.stdout.write(`${usage}\n`);
  return FINE;
}

export async function printAll(lines: AsyncIterable<string>): Promise<typeof FINE> {
  try {
    await pipeline(Readable.from(lines), process.stdout, { end: false });
  } catch (error) {
    // The reader closed the pipe, like `head`.
    if (codeOf(error) !== 'EPIPE') throw error;
  }
  return FINE;
}

type Export = { since: Date | null; csv: boolean };

/** `export [--since ISO] [--csv]`; null: not this command. */
export function readExport(args: string[]): Export | null {
  try {
    const options = { since: { type: 'string' }, csv: { type: 'boolean', default: false } } as const;
    const { positionals, values } = parseArgs({ args, allowPositionals: true, options });
    const since = values.since === undefined ? null : new Date(values.since);
    if (positionals.join(' ') !== 'export' || Number.isNaN(since?.getTime())) return null;
    return { since, csv: values.csv };
  } catch {
    return null;
  }
}
