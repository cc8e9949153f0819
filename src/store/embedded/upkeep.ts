import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { Log } from '../../log.ts';
import { repeat, type Interval } from '../../time.ts';

type Runner = { exec(sql: string): Promise<readonly { rows: unknown[] }[]> };

type UpkeepOptions = {
  /** Between two steps, so that the database can do what others asked for. */
  pauseMs: number;
  signal: AbortSignal;
};

const CHECKPOINT_MS = 5 * 60_000;
const CHECKPOINTS_PER_VACUUM = 12;
const PAUSE_MS = 200;

/**
 * What Postgres' background processes would do; PGlite runs in single-user mode, which has none.
 * Without checkpoints the write-ahead log grows until the process ends, whatever `max_wal_size` says; without
 * vacuum so do the tables that change often. Nothing else is answered during a step, so each is short: one table at
 * a time, of which a vacuum reads only what changed, and an analysis a small sample.
 * https://www.postgresql.org/docs/current/app-postgres.html
 */
export function startUpkeep(database: Runner, log: Pick<Log, 'warn'>): Interval {
  const stopping = new AbortController();
  let round = 0;
  const once = async (): Promise<void> => {
    round += 1;
    const options = { pauseMs: PAUSE_MS, signal: stopping.signal };
    try {
      if (round % CHECKPOINTS_PER_VACUUM === 0) await vacuum(database, options);
      await database.exec('CHECKPOINT');
    } catch (error) {
      if (!stopping.signal.aborted) log.warn({ err: error }, 'upkeep of the embedded database failed');
    }
  };
  const upkeep = repeat(once, CHECKPOINT_MS);
  upkeep.unref();
  return {
    unref: upkeep.unref,
    async stop() {
      stopping.abort();
      await upkeep.stop();
    },
  };
}

export async function vacuum(database: Runner, { pauseMs, signal }: UpkeepOptions): Promise<void> {
  for (const table of tableNames(await database.exec(TABLES)))
    for (const step of [`VACUUM ${table}`, `ANALYZE ${table}`]) {
      await database.exec(step);
      await delay(pauseMs, undefined, { signal, ref: false });
    }
}

/** Our tables, the queue's and Postgres' own; those that change most come first. */
export const TABLES = `
  select format('%I.%I', nspname, relname) as name
  from pg_class join pg_namespace on pg_namespace.oid = relnamespace
  where relkind = 'r' and nspname in ('public', 'pgboss', 'pg_catalog') and pg_relation_size(pg_class.oid) > 0
  order by nspname = 'pg_catalog', pg_class.oid`;

const tableSchema = z.object({ name: z.string() });

export function tableNames(results: readonly { rows: unknown[] }[]): string[] {
  return results.flatMap(({ rows }) => rows.map((row) => tableSchema.parse(row).name));
}
