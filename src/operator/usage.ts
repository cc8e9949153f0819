import { readOperatorSettings } from '../config.ts';
import { createUsage } from '../store/ledger.ts';
import { exportLines, USAGE } from '../trust/index.ts';
import { exportAs, runAct, runCommand } from './command-line.ts';

/** `npm run usage -- export`: prints what each session used. */
const { text } = readOperatorSettings();
const exportAll = exportAs('usage', text, (db, since, csv) =>
  exportLines(createUsage(db).entries(since), USAGE, csv),
);

process.exitCode = await runCommand({
  usage: text.usage.usage,
  run: async (args) => runAct(args, { export: exportAll }, text.commandLine),
});
