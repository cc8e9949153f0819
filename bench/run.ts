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

/** `npm run bench`: numbers, not tests. `-- requests`, `-- cards`, `-- watching`, `-- hostile` or `-- growth` runs one part. */
const only = process.argv[2] ?? null;

console.log(
  `${cpus().length} cores, Node ${process.version}, fsync on; the local Slack and Devin run on the same cores\n`,
);
for (const [name, measure] of Object.entries(PARTS)) if (only === null || only === name) await measure();

async function withPostgres(run: (folder: string, databaseUrl: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'devin-slack-bench-'));
  // The user that Postgres runs as must be able to pass through.
  await chmod(folder, 0o711);
  const postgres = await startPostgres(join(folder, 'postgres'));
  await run(folder, postgres.url);
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
}
