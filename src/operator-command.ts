import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { codeOf } from './store/store-error.ts';

/** Exit codes of what operators run. `NOT_DONE`: the command, or the store, could not be read. */
export const FINE = 0;
export const WRONG = 1;
const NOT_DONE = 2;

export function complain(problems: readonly string[]): typeof NOT_DONE {
  process.stderr.write(`${problems.join('\n')}\n`);
  return NOT_DONE;
}

export async function printAll(lines: AsyncIterable<string>): Promise<typeof FINE> {
  try {
    await pipeline(Readable.from(lines), process.stdout, { end: false });
  } catch (error) {
    // Who reads it has read enough.
    if (codeOf(error) !== 'EPIPE') throw error;
  }
  return FINE;
}

type Export = { since: Date | null; csv: boolean };

/** `export [--since ISO] [--csv]`; null: something else. */
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
