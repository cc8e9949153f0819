import type { Kysely } from 'kysely';
import { readOperatorSettings } from '../config.ts';
import { createAudit } from '../store/audit.ts';
import type { Tables } from '../store/tables.ts';
import { exportAudit, verifyChain } from '../trust/index.ts';
import { FINE, print, printAll, readExport, showUsage, WRONG } from './command-line.ts';
import { withStore, type StoreTask } from './store.ts';

/** `npm run audit -- verify` and `export`: checks the chain, or prints it. */
const { text } = readOperatorSettings();

process.exitCode = await run(process.argv.slice(2));

async function run(args: string[]): Promise<number> {
  const task = readTask(args);
  return task === null ? showUsage(text.audit.usage, args) : withStore(task, text);
}

/** null: no such command. */
function readTask(args: string[]): StoreTask | null {
  if (args.join(' ') === 'verify') return verify;
  const wanted = readExport(args);
  if (wanted === null) return null;
  return async (db) => printAll(exportAudit(createAudit(db).entries(wanted.since), wanted.csv));
}

async function verify(db: Kysely<Tables>): Promise<number> {
  const { intact, last: lastEntry, wrong } = text.audit;
  const found = await verifyChain(createAudit(db));
  if (!found.ok) return print([wrong[found.fault](found.seq)], WRONG);
  const { count, last } = found;
  return print([intact(count), ...(last === null ? [] : [lastEntry(last.seq, last.at, last.hash)])], FINE);
}
