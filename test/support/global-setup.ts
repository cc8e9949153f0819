import { chmod, mkdtemp, readdir, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { offerPostgres } from './postgres-server.ts';

/** Where Linux keeps files in memory. */
const MEMORY = '/dev/shm';
/** In a container it often has 64 MB. */
const ROOM_BYTES = 2 * 1024 ** 3;

/** Followed by the process id, so that folders of killed runs can be recognized. */
const RUN = 'devin-slack-run-';

/** Before the first test file of a run, in the process above those that run them; what it returns, after the last. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const parent = await temporaryFolder();
  await removeLeftOver(parent);
  const folder = await mkdtemp(join(parent, `${RUN}${process.pid}-`));
  // The user that Postgres runs as must be able to pass through.
  await chmod(folder, 0o711);
  // Everything made during the run is in here, even by killed processes.
  process.env['TMPDIR'] = folder;
  const postgres = await offerPostgres(join(folder, 'postgres'));
  project.provide('postgresOffer', postgres.address);
  return async () => {
    await postgres.close();
    await rm(folder, { recursive: true, force: true });
  };
}

/** An embedded database is a thousand files, and copying them on disk takes twenty times as long as in memory. */
async function temporaryFolder(): Promise<string> {
  const { bavail, bsize } = await statfs(MEMORY).catch(() => ({ bavail: 0, bsize: 0 }));
  return bavail * bsize >= ROOM_BYTES ? MEMORY : tmpdir();
}

/** Folders of killed runs would soon fill the memory. */
async function removeLeftOver(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const pid = Number(name.startsWith(RUN) ? name.slice(RUN.length).split('-')[0] : Number.NaN);
    if (!Number.isInteger(pid) || isAlive(pid)) continue;
    // Another user's can't be removed, and must not stop this run.
    await rm(join(parent, name), { recursive: true, force: true }).catch(() => undefined);
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // Another user's process can't be signaled.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
