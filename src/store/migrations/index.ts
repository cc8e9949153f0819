import { isDeepStrictEqual } from 'node:util';
import { sql, type Kysely } from 'kysely';
import { Migrator, type Migration } from 'kysely/migration';
import { codeOf, orForbidden, StoreError } from '../store-error.ts';
import type { Tables } from '../tables.ts';
import { initial } from './065-initial.ts';
import { dueMilestones } from './066-due-milestones.ts';
import { oneWaitingIndex } from './067-one-waiting-index.ts';

/**
 * The tables as they are since the first release. What made them was many migrations once, which databases of early
 * versions still have in their list; this is the name of the last of them.
 */
const INITIAL = '065-audit-end';

/**
 * All migrations, by name, in order. A released one is never changed.
 *
 * During a rolling update the version before this one still runs on the new tables: expand, then contract. A release may
 * add tables, indexes, and columns that are nullable or have a default. It may drop or rename only what the release
 * before it no longer names in any statement, `returning` and column lists of inserts included.
 */
const migrations: Record<string, Migration> = {
  [INITIAL]: initial,
  '066-due-milestones': dueMilestones,
  '067-one-waiting-index': oneWaitingIndex,
};

/** Brings the tables up to date. Replicas that start at once wait for one another: Kysely takes a lock on Postgres. */
export async function migrate(db: Kysely<Tables>): Promise<void> {
  const before = await applied(db);
  if (isDeepStrictEqual(before, Object.keys(migrations))) return;
  if (before.includes(INITIAL)) await forgetEarlier(db);
  const migrator = new Migrator({
    db: db.withoutPlugins(),
    provider: { getMigrations: () => Promise.resolve(migrations) },
  });
  const { error, results } = await migrator.migrateToLatest();
  if (error === undefined) return;
  const unknown = before.find((name) => name > INITIAL && !Object.hasOwn(migrations, name));
  if (unknown !== undefined) throw new StoreError({ code: 'database-newer', migration: unknown });
  const named = orForbidden(error);
  if (named instanceof StoreError) throw named;
  const failed = results?.find((result) => result.status === 'Error');
  const migration = failed?.migrationName ?? 'migrations';
  throw new StoreError({ code: 'migration-failed', migration }, { cause: error });
}

/** By itself: the migrator would describe each table of the database twice to find that out. */
async function applied(db: Kysely<Tables>): Promise<string[]> {
  try {
    const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db);
    return rows.map(({ name }) => name);
  } catch (error) {
    if (codeOf(error) === NO_SUCH_TABLE) return [];
    throw error;
  }
}

/** The migrator refuses a list with names that it doesn't know. */
async function forgetEarlier(db: Kysely<Tables>): Promise<void> {
  await sql`delete from kysely_migration where name < ${INITIAL}`.execute(db);
}

/** https://www.postgresql.org/docs/current/errcodes-appendix.html */
const NO_SUCH_TABLE = '42P01';
