import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import type { Kysely } from 'kysely';
import { withStore } from './operator-store.ts';
import { createAudit } from './store/audit.ts';
import { codeOf } from './store/store-error.ts';
import type { Tables } from './store/tables.ts';
import { createLanguages, readLanguage } from './text/languages.ts';
import { exportAudit, verifyChain } from './trust/index.ts';

/** `npm run audit -- verify` and `export`: follows the chain, or prints it. */
const { shared: text } = createLanguages(readLanguage(process.env['LANGUAGE']));
const FINE = 0;
const BROKEN = 1;
const NOT_DONE = 2;

type Task = { act: 'verify' } | { act: 'export'; since: Date | null; csv: boolean };

process.exitCode = await run(process.argv.slice(2));

async function run(args: string[]): Promise<number> {
  const task = readTask(args);
  if (task === null) return complain([text.audit.usage]);
  const ended = await withStore(async (db) => (task.act === 'verify' ? verify(db) : print(db, task)), text);
  return typeof ended === 'number' ? ended : complain(ended.problems);
}

async function verify(db: Kysely<Tables>): Promise<number> {
  const { intact, last: lastEntry, wrong } = text.audit;
  const found = await verifyChain(createAudit(db).entries());
  if (!found.ok) {
    process.stdout.write(`${wrong[found.fault](found.seq)}\n`);
    return BROKEN;
  }
  const { count, last } = found;
  const lines = [intact(count), ...(last === null ? [] : [lastEntry(last.seq, last.at, last.hash)])];
  process.stdout.write(`${lines.join('\n')}\n`);
  return FINE;
}

async function print(db: Kysely<Tables>, { since, csv }: Extract<Task, { act: 'export' }>): Promise<number> {
  const lines = exportAudit(createAudit(db).entries(since), csv);
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
    const [act, ...others] = positionals;
    const since = values.since === undefined ? null : new Date(values.since);
    if (others.length > 0 || Number.isNaN(since?.getTime())) return null;
    if (act === 'export') return { act, since, csv: values.csv };
    return act === 'verify' && since === null && !values.csv ? { act } : null;
  } catch {
    return null;
  }
}

function complain(problems: readonly string[]): number {
  process.stderr.write(`${problems.join('\n')}\n`);
  return NOT_DONE;
}
