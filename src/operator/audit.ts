import type { Kysely } from 'kysely';
import { readOperatorSettings } from '../config.ts';
import { createAudit } from '../store/audit.ts';
import type { Tables } from '../store/store.ts';
import { AUDIT, exportLines, verifyChain } from '../trust/index.ts';
import {
  exportAs,
  FINE,
  print,
  readArguments,
  runAct,
  runCommand,
  WRONG,
  withStore,
} from './command-line.ts';

/** `npm run audit -- verify` and `export`: checks the chain, or prints it. */
const { text } = readOperatorSettings();
const words = text.commandLine;
const exportAll = exportAs('audit', text, (db, since, csv) =>
  exportLines(createAudit(db).entries(since), AUDIT, csv),
);

process.exitCode = await runCommand({
  usage: text.audit.usage,
  run: async (args) => runAct(args, { verify: verifyAll, export: exportAll }, words),
});

async function verifyAll(args: string[]): Promise<number> {
  const { expect = null } = readArguments(args, { options: { expect: { type: 'string' } }, words }).values;
  return withStore(async (db) => verify(db, expect), text);
}

async function verify(db: Kysely<Tables>, expected: string | null): Promise<number> {
  const { intact, last: lastEntry, wrong } = text.audit;
  const found = await verifyChain(createAudit(db), expected);
  if (!found.ok) return print([wrong[found.fault](found.seq)], WRONG);
  const { count, last } = found;
  return print(
    [intact(count), ...(last === null ? [] : [lastEntry(count, last.at.toISOString(), last.hash)])],
    FINE,
  );
}
