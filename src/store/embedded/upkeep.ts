import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { Log } from '../../log.ts';
import { repeat, type Interval } from '../../time.ts';

type Runner = { query(sql: string): Promise<{ rows: unknown[] }> };

type Upkeep = {
  /** Also vacuums, which need not be done each time. */
  full: boolean;
  /** Between two steps, so that the database can do what others asked for. */
  pauseMs: number;
  signal: AbortSignal;
};

/**
 * Does the work of Postgres' background processes, which PGlite's single-user mode lacks. Without checkpoints, the
 * write-ahead log grows until the process ends, whatever `max_wal_size` is; without vacuum, tables that change often grow.
 * The database answers nothing else during a step, so each is short: one table at a time, of which a vacuum reads only what
 * changed, and an analysis a small sample.
 * https://www.postgresql.org/docs/current/app-postgres.html
 */
export async function runUpkeep(database: Runner, { full, pauseMs, signal }: Upkeep): Promise<void> {
  const tables = full ? tableNames(await database.query(TABLES)) : [];
  for (const step of tables.flatMap((table) => [`VACUUM ${table}`, `ANALYZE ${table}`])) {
    await database.query(step);
    await delay(pauseMs, undefined, { signal, ref: false });
  }
  await database.query('CHECKPOINT');
}

/** Statements are planned once, mostly on empty tables. Analyzing a table has them planned again. */
async function analyzeGrown(database: Runner): Promise<void> {
  for (const table of tableNames(await database.query(GROWN))) await database.query(`ANALYZE ${table}`);
}

/** Tables that are twice as large as when they were analyzed. Smaller ones are read as quickly by any plan. */
const GROWN = `
  select format('%I.%I', nspname, relname) as name
  from pg_class join pg_namespace on pg_namespace.oid = relnamespace
  where relkind = 'r' and nspname in ('public', 'pgboss')
    and pg_relation_size(pg_class.oid) > 2 * current_setting('block_size')::int * greatest(relpages, 8)`;

/** Our tables, the queue's and Postgres' own; those that change most come first. */
export const TABLES = `
  select format('%I.%I', nspname, relname) as name
  from pg_class join pg_namespace on pg_namespace.oid = relnamespace
  where relkind = 'r' and nspname in ('public', 'pgboss', 'pg_catalog') and pg_relation_size(pg_class.oid) > 0
  order by nspname = 'pg_catalog', pg_class.oid`;

const tableSchema = z.object({ name: z.string() });

export function tableNames({ rows }: { rows: unknown[] }): string[] {
  return rows.map((row) => tableSchema.parse(row).name);
}

const CHECKPOINT_MS = 5 * 60_000;
const GROWTH_MS = 10_000;
const CHECKPOINTS_PER_VACUUM = 12;
const PAUSE_MS = 200;

/** Runs until it is stopped. */
export function startUpkeep(database: Runner, log: Pick<Log, 'warn'>): Interval {
  let round = 0;
  const upkeep = repeat(async (signal) => {
    round += 1;
    const full = round % CHECKPOINTS_PER_VACUUM === 0;
    await runUpkeep(database, { full, pauseMs: PAUSE_MS, signal }).catch((error: unknown) => {
      if (!signal.aborted) log.warn({ err: error }, 'upkeep of the embedded database failed');
    });
  }, CHECKPOINT_MS);
  const growth = repeat(async () => analyzeGrown(database).catch(() => undefined), GROWTH_MS);
  return {
    async stop() {
      await Promise.all([upkeep.stop(), growth.stop()]);
    },
  };
}
