import { runCommand } from '../../src/operator/command-line.ts';
import { withPostgres } from '../../test/support/postgres-server.ts';
import { runChaos } from './chaos.ts';
import { readOptions, USAGE, type ChaosOptions } from './options.ts';
import { renderTable } from './table.ts';
import { QUICK_TEMPO, REAL_TEMPO } from './tempo.ts';

/** `npm run chaos`: exit code 1 when a guarantee breaks. */
const broken = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => broken.abort());

process.exitCode = await runCommand(USAGE, async (args) => {
  const options = readOptions(args);
  const running =
    options.database === 'embedded'
      ? run(options, null)
      : withPostgres('passing', async ({ databaseUrl }) => run(options, databaseUrl));
  return running.catch(ended);
});

function ended(error: unknown): number {
  if (!broken.signal.aborted) throw error;
  console.error('Broken off.');
  return 130;
}

async function run(chosen: ChaosOptions, databaseUrl: string | null): Promise<number> {
  const { signal } = broken;
  const tempo = chosen.tempo === 'quick' ? QUICK_TEMPO : REAL_TEMPO;
  const report = await runChaos({ options: chosen, tempo, databaseUrl, signal });
  console.log(renderTable(chosen, report));
  for (const violation of report.violations) console.log(`- ${violation}`);
  return report.violations.length === 0 ? 0 : 1;
}
