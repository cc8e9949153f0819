import { readOperatorSettings } from '../config.ts';
import { createUsage } from '../store/usage.ts';
import { exportUsage } from '../trust/index.ts';
import { printAll, readExport, showUsage } from './command-line.ts';
import { withStore } from './store.ts';

/** `npm run usage -- export`: prints what each session used. */
const { text } = readOperatorSettings();

process.exitCode = await run(process.argv.slice(2));

async function run(args: string[]): Promise<number> {
  const wanted = readExport(args);
  if (wanted === null) return showUsage(text.usage.usage, args);
  const { since, csv } = wanted;
  return withStore(async (db) => printAll(exportUsage(createUsage(db).entries(since), csv)), text);
}
