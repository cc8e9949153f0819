import { readOperatorSettings } from '../config.ts';
import { createAudit } from '../store/audit.ts';
import { createUsage } from '../store/ledger.ts';
import { exportUsage } from '../trust/index.ts';
import { printAll, readExport, runAct, runCommand, withStore } from './command-line.ts';

/** `npm run usage -- export`: prints what each session used. */
const { text } = readOperatorSettings();

process.exitCode = await runCommand({
  usage: text.usage.usage,
  run: async (args) => runAct(args, { export: exportAll }, text.commandLine),
});

async function exportAll(args: string[]): Promise<number> {
  const { since, csv, by } = readExport(args, text.commandLine);
  return withStore(async (db) => {
    await createAudit(db).record({ kind: 'export', result: `usage:${by}` });
    return printAll(exportUsage(createUsage(db).entries(since), csv));
  }, text);
}
