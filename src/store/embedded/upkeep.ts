import { repeat } from '../../repeat.ts';
import type { Repetition } from '../../repeat.ts';

export type UpkeepLog = { warn(facts: object, message: string): void };

type Runner = { exec(sql: string): Promise<unknown> };

const CHECKPOINT_MS = 5 * 60_000;
const CHECKPOINTS_PER_VACUUM = 12;

/**
 * What Postgres' background processes would do; PGlite runs in single-user mode, which has none.
 * Without checkpoints the write-ahead log grows until the process ends, whatever `max_wal_size` says; without
 * vacuum so do the tables that change often. Both are short when done regularly.
 * https://www.postgresql.org/docs/current/app-postgres.html
 */
export function startUpkeep(database: Runner, log: UpkeepLog): Repetition {
  let round = 0;
  const once = async (): Promise<void> => {
    round += 1;
    await runUpkeep(database, { vacuum: round % CHECKPOINTS_PER_VACUUM === 0 }).catch((error: unknown) => {
      log.warn({ err: error }, 'upkeep of the embedded database failed');
    });
  };
  const upkeep = repeat(once, CHECKPOINT_MS);
  upkeep.unref();
  return upkeep;
}

export async function runUpkeep(database: Runner, { vacuum }: { vacuum: boolean }): Promise<void> {
  if (vacuum) await database.exec('VACUUM ANALYZE');
  await database.exec('CHECKPOINT');
}
