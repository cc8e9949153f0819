import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from './postgres.ts';
import { measureRequests } from './requests.ts';
import { measureWatching } from './watch.ts';

/** `npm run bench`: numbers, not tests. `-- requests` or `-- watching` runs one part. */
const only = process.argv[2] ?? null;

console.log(
  `${cpus().length} cores, Node ${process.version}, fsync on; the local Slack and Devin run on the same cores\n`,
);
if (only === null || only === 'requests') await benchRequests();
if (only === null || only === 'watching') await measureWatching([1000, 10_000]);

async function benchRequests(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'devin-slack-bench-'));
  // The user that Postgres runs as must be able to pass through.
  await chmod(folder, 0o711);
  const postgres = await startPostgres(join(folder, 'postgres'));
  await measureRequests({ folder, databaseUrl: postgres.url });
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
}
