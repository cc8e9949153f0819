export type UpkeepLog = { warn(facts: object, message: string): void };

/** What Postgres' background processes would do; PGlite runs in single-user mode, which has none. */
type Upkeep = { stop(): Promise<void> };

type Runner = { exec(sql: string): Promise<unknown> };

const CHECKPOINT_MS = 5 * 60_000;
const CHECKPOINTS_PER_VACUUM = 12;

/**
 * Without checkpoints the write-ahead log grows until the process ends, whatever `max_wal_size` says; without
 * vacuum so do the tables that change often. Both are short when done regularly.
 * https://www.postgresql.org/docs/current/app-postgres.html
 */
export function startUpkeep(database: Runner, log: UpkeepLog): Upkeep {
  let round = 0;
  let running: Promise<void> | null = null;
  const once = async (): Promise<void> => {
    round += 1;
    await runUpkeep(database, { vacuum: round % CHECKPOINTS_PER_VACUUM === 0 }).catch((error: unknown) => {
      log.warn({ err: error }, 'upkeep of the embedded database failed');
    });
  };
  const timer = setInterval(() => {
    running ??= once().finally(() => (running = null));
  }, CHECKPOINT_MS);
  timer.unref();
  return {
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}

export async function runUpkeep(database: Runner, { vacuum }: { vacuum: boolean }): Promise<void> {
  if (vacuum) await database.exec('VACUUM ANALYZE');
  await database.exec('CHECKPOINT');
}
