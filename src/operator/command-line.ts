import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { codeOf } from '../store/store-error.ts';

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

export function complain(problems: readonly string[]): number {
  return print(problems, NOT_DONE, process.stderr);
}

/** Asked for with --help, it is no complaint. */
export function showUsage(usage: string, args: readonly string[]): number {
  return args.includes('--help') ? print([usage], FINE) : complain([usage]);
}

export async function printAll(lines: AsyncIterable<string>): Promise<number> {
  try {
    await pipeline(Readable.from(lines), process.stdout, { end: false });
  } catch (error) {
    // The reader closed the pipe, like `head`.
    if (codeOf(error) !== 'EPIPE') throw error;
  }
  return FINE;
}

type Export = { since: Date | null; csv: boolean };

/** JavaScript also reads a date in much that isn't one, and takes February 30 for March 2. */
const dateOrTime = z.union([z.iso.date(), z.iso.datetime({ offset: true, local: true })]);

/** `export [--since ISO] [--csv]`; null: not this command. */
export function readExport(args: string[]): Export | null {
  try {
    const options = { since: { type: 'string' }, csv: { type: 'boolean', default: false } } as const;
    const { positionals, values } = parseArgs({ args, allowPositionals: true, options });
    if (positionals.join(' ') !== 'export') return null;
    const since = values.since === undefined ? null : new Date(dateOrTime.parse(values.since));
    return { since, csv: values.csv };
  } catch {
    return null;
  }
}
