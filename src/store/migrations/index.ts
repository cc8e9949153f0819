import { isDeepStrictEqual } from 'node:util';
import { sql, type Kysely } from 'kysely';
import { Migrator, type Migration } from 'kysely/migration';
import { codeOf, orForbidden, StoreError, UNDEFINED_TABLE } from '../store-error.ts';
import type { Tables } from '../tables.ts';
import { from001 } from './from-001.ts';
import { from005 } from './from-005.ts';
import { from031 } from './from-031.ts';

/**
 * All migrations, by name, in order. A released one is never changed; a new one comes last.
 *
 * During a rolling update the version before this one still runs on the new tables: expand, then contract. A release may
 * add tables, indexes, and columns that are nullable or have a default. It may drop or rename only what the release
 * before it no longer names in any statement, `returning` and column lists of inserts included.
 */
const migrations: Record<string, Migration> = { ...from001, ...from005, ...from031 };

/** Brings the tables up to date. Replicas that start at once wait for one another: Kysely takes a lock on Postgres. */
export async function migrate(db: Kysely<Tables>): Promise<void> {
  if (await isUpToDate(db)) return;
  const migrator = new Migrator({
    db: db.withoutPlugins(),
    provider: { getMigrations: () => Promise.resolve(migrations) },
  });
  const { error, results } = await migrator.migrateToLatest();
  if (error === undefined) return;
  const unknown = (await applied(db).catch(() => [])).find((name) => !Object.hasOwn(migrations, name));
  if (unknown !== undefined) throw new StoreError({ code: 'database-newer', migration: unknown });
  const named = orForbidden(error);
  if (named instanceof StoreError) throw named;
  const failed = results?.find((result) => result.status === 'Error');
  const migration = failed?.migrationName ?? 'migrations';
  throw new StoreError({ code: 'migration-failed', migration }, { cause: error });
}

/** Mostly it is: the migrator would describe each table of the database twice to find that out. */
async function isUpToDate(db: Kysely<Tables>): Promise<boolean> {
  try {
    return isDeepStrictEqual(await applied(db), Object.keys(migrations));
  } catch (error) {
    if (codeOf(error) === UNDEFINED_TABLE) return false;
    throw error;
  }
}

async function applied(db: Kysely<Tables>): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db);
  return rows.map(({ name }) => name);
}
