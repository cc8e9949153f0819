import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { sql, type Kysely } from 'kysely';
import { Migrator, type Migration } from 'kysely/migration';
import { z } from 'zod';
import { OperatorError } from '../../operator-error.ts';
import { codeOf, orForbidden, UNDEFINED_TABLE } from '../store-error.ts';
import type { Tables } from '../tables.ts';

/**
 * All migrations, by name, in order. A released one is never changed.
 *
 * During a rolling update the version before this one still runs on the new tables: expand, then contract. A release may
 * add tables, indexes, and columns that are nullable or have a default. It may drop or rename only what the release
 * before it no longer names in any statement, `returning` and column lists of inserts included.
 */
const NAMES = readdirSync(import.meta.dirname)
  .flatMap((file) => /^(\d{3}-[a-z-]+)\.ts$/.exec(file)?.[1] ?? [])
  .toSorted();

/** Each file exports its migration, and nothing else. */
const moduleSchema = z.record(
  z.string(),
  z.object({ up: z.custom<Migration['up']>((up) => typeof up === 'function') }),
);

/** Read only if the tables aren't up to date. */
async function getMigrations(): Promise<Record<string, Migration>> {
  const migrations: Record<string, Migration> = {};
  for (const name of NAMES) {
    const { href } = pathToFileURL(join(import.meta.dirname, `${name}.ts`));
    const exported = moduleSchema.parse(await import(href));
    for (const migration of Object.values(exported)) migrations[name] = migration;
  }
  return migrations;
}

/** Brings the tables up to date. Replicas that start at once wait for one another: Kysely takes a lock on Postgres. */
export async function migrate(db: Kysely<Tables>): Promise<void> {
  if (await isUpToDate(db)) return;
  const migrator = new Migrator({ db: db.withoutPlugins(), provider: { getMigrations } });
  const { error, results } = await migrator.migrateToLatest();
  if (error === undefined) return;
  const unknown = (await applied(db).catch(() => [])).find((name) => !NAMES.includes(name));
  if (unknown !== undefined) throw new OperatorError('database-newer', ({ store }) => store.newer(unknown));
  const named = orForbidden(error);
  if (named instanceof OperatorError) throw named;
  const failed = results?.find((result) => result.status === 'Error');
  const migration = failed?.migrationName ?? 'migrations';
  throw new OperatorError('migration-failed', ({ store }) => store.migration(migration), { cause: error });
}

/** Mostly it is: the migrator would describe each table of the database twice to find that out. */
async function isUpToDate(db: Kysely<Tables>): Promise<boolean> {
  try {
    return isDeepStrictEqual(await applied(db), NAMES);
  } catch (error) {
    if (codeOf(error) === UNDEFINED_TABLE) return false;
    throw error;
  }
}

async function applied(db: Kysely<Tables>): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db);
  return rows.map(({ name }) => name);
}
