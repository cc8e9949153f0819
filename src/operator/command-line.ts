import { userInfo } from 'node:os';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';
import type { Kysely } from 'kysely';
import { z } from 'zod';
import { readStoreConfig } from '../config.ts';
import { createAudit } from '../store/audit.ts';
import { openDatabase } from '../store/database.ts';
import { contentOf } from '../store/embedded/embedded.ts';
import { hasSchema } from '../store/schema.ts';
import { codeOf } from '../store/sql.ts';
import type { Tables } from '../store/store.ts';
import type { Text } from '../text/index.ts';
import { OperatorError } from '../text/operator-error.ts';

/** Exit codes. `WRONG`: what was checked is; `NOT_DONE`: the command is wrong, or the store can't be used. */
export const FINE = 0;
export const WRONG = 1;
const NOT_DONE = 2;

/** Returns the exit code. */
export function print(
  lines: readonly string[],
  exitCode: number,
  stream: NodeJS.WriteStream = process.stdout,
): number {
  stream.write(`${lines.join('\n')}\n`);
  return exitCode;
}

function complain(problems: readonly string[]): number {
  return print(problems, NOT_DONE, process.stderr);
}

/** What is wrong with the arguments. `runCommand` prints it, and the usage. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly code = 'usage';
}

/** Runs a command with the arguments of this process. Returns the exit code. */
export async function runCommand({
  usage,
  run,
}: {
  usage: string;
  run: (args: string[]) => Promise<number>;
}): Promise<number> {
  const args = process.argv.slice(2);
  if (args.some((arg) => arg === '--help' || arg === '-h')) return print([usage], FINE);
  try {
    return await run(args);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return complain([error.message, '', usage]);
  }
}

type CommandWords = Text['commandLine'];

/** For commands that begin with a word, such as `verify`. */
export async function runAct(
  [word, ...args]: string[],
  acts: Record<string, (args: string[]) => Promise<number>>,
  words: CommandWords,
): Promise<number> {
  if (word === undefined) throw new UsageError(words.missing(Object.keys(acts).join(' | ')));
  const act = Object.hasOwn(acts, word) ? acts[word] : undefined;
  if (act === undefined) throw new UsageError(words.unexpected(word));
  return act(args);
}

/** `operands`: names of what comes without an option; one that ends in `…` may come several times. Throws a UsageError. */
export function readArguments<const Options extends ParseArgsOptionsConfig>(
  args: readonly string[],
  { options, operands = [], words }: { options: Options; operands?: readonly string[]; words: CommandWords },
) {
  const isText = (arg = ''): boolean => arg.startsWith('--') && options[arg.slice(2)]?.type === 'string';
  // A value may begin like an option, as a task with its options first does.
  const joined = args.flatMap((arg, at) => {
    if (isText(args[at - 1])) return [];
    return isText(arg) && args[at + 1] !== undefined ? [`${arg}=${args[at + 1]}`] : [arg];
  });
  const read = parsed(() => parseArgs({ args: joined, allowPositionals: true, options }));
  const missing = operands[read.positionals.length];
  if (missing !== undefined) throw new UsageError(words.missing(missing));
  const extra = operands.at(-1)?.endsWith('…') === true ? undefined : read.positionals[operands.length];
  if (extra !== undefined) throw new UsageError(words.unexpected(extra));
  return read;
}

function parsed<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new UsageError(error.message, { cause: error });
  }
}

async function printAll(lines: AsyncIterable<string>): Promise<number> {
  try {
    await pipeline(Readable.from(lines), process.stdout, { end: false });
  } catch (error) {
    // The reader closed the pipe, like `head`.
    if (codeOf(error) !== 'EPIPE') throw error;
  }
  return FINE;
}

/** JavaScript also reads a date in much that isn't one, and takes February 30 for March 2. */
const dateOrTime = z.union([z.iso.date(), z.iso.datetime({ offset: true, local: true })]);

/** Who runs a command, for the audit. */
export const BY = { by: { type: 'string', default: userInfo().username } } as const;

/** The audit has ids and fixed words only. */
const NAME = /^[\w.+@-]{1,64}$/;

export function checkName(by: string, words: CommandWords): void {
  if (!NAME.test(by)) throw new UsageError(words.name);
}

/** What follows `export`: `[--since ISO] [--csv] [--by NAME]`. The audit says who exported what. */
export function exportAs(
  what: 'audit' | 'usage',
  text: Text,
  lines: (db: Kysely<Tables>, since: Date | null, csv: boolean) => AsyncIterable<string>,
): (args: string[]) => Promise<number> {
  const words = text.commandLine;
  const options = { ...BY, since: { type: 'string' }, csv: { type: 'boolean', default: false } } as const;
  return async (args) => {
    const { since, csv, by } = readArguments(args, { options, words }).values;
    checkName(by, words);
    const read = dateOrTime.optional().safeParse(since);
    if (!read.success) throw new UsageError(words.since);
    return withStore(async (db) => {
      await createAudit(db).record({ kind: 'export', result: `${what}:${by}` });
      return printAll(lines(db, read.data === undefined ? null : new Date(read.data), csv));
    }, text);
  };
}

/** Runs a task on the database, or says why the database can't be used. Returns the exit code. On Postgres, the app may be running. */
export async function withStore(task: (db: Kysely<Tables>) => Promise<number>, text: Text): Promise<number> {
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
