import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import type { Kysely } from 'kysely';
import { withStore } from './operator-store.ts';
import { codeOf } from './store/store-error.ts';
import type { Tables } from './store/tables.ts';
import { createUsage } from './store/usage.ts';
import { createLanguages, readLanguage } from './text/languages.ts';
import { exportUsage } from './trust/index.ts';

/** `npm run usage -- export`: prints what each session used. */
const { shared: text } = createLanguages(readLanguage(process.env['LANGUAGE']));
const FINE = 0;
const NOT_DONE = 2;

type Task = { since: Date | null; csv: boolean };

process.exitCode = await run(process.argv.slice(2));

async function run(args: string[]): Promise<number> {
  const task = readTask(args);
  if (task === null) return complain([text.usage.usage]);
  const ended = await withStore(async (db) => print(db, task), text);
  return ended === FINE ? FINE : complain(ended.problems);
}

async function print(db: Kysely<Tables>, { since, csv }: Task): Promise<typeof FINE> {
  const lines = exportUsage(createUsage(db).entries(since), csv);
  try {
    await pipeline(Readable.from(lines), process.stdout, { end: false });
  } catch (error) {
    // Who reads it has read enough.
    if (codeOf(error) !== 'EPIPE') throw error;
  }
  return FINE;
}

/** null: no such command. */
function readTask(args: string[]): Task | null {
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

function complain(problems: readonly string[]): number {
  process.stderr.write(`${problems.join('\n')}\n`);
  return NOT_DONE;
}
