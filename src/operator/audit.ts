import type { Kysely } from 'kysely';
import { readOperatorSettings } from '../config.ts';
import { createAudit } from '../store/audit.ts';
import type { Tables } from '../store/tables.ts';
import { exportAudit, verifyChain } from '../trust/index.ts';
import { complain, FINE, printAll, readExport, showUsage, WRONG } from './command-line.ts';
import { withStore } from './store.ts';

/** `npm run audit -- verify` and `export`: checks the chain, or prints it. */
const { text } = readOperatorSettings();

process.exitCode = await run(process.argv.slice(2));

async function run(args: string[]): Promise<number> {
  const task = readTask(args);
  if (task === null) return showUsage(text.audit.usage, args);
  const ended = await withStore(task, text);
  return typeof ended === 'number' ? ended : complain(ended.problems);
}

/** null: no such command. */
function readTask(args: string[]): ((db: Kysely<Tables>) => Promise<number>) | null {
  if (args.join(' ') === 'verify') return verify;
  const wanted = readExport(args);
  if (wanted === null) return null;
  return async (db) => printAll(exportAudit(createAudit(db).entries(wanted.since), wanted.csv));
}

async function verify(db: Kysely<Tables>): Promise<number> {
  const { intact, last: lastEntry, wrong } = text.audit;
  const found = await verifyChain(createAudit(db));
  if (!found.ok) {
    process.stdout.write(`${wrong[found.fault](found.seq)}\n`);
    return WRONG;
  }
  const { count, last } = found;
  const lines = [intact(count), ...(last === null ? [] : [lastEntry(last.seq, last.at, last.hash)])];
  process.stdout.write(`${lines.join('\n')}\n`);
  return FINE;
}
