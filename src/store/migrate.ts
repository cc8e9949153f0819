import type { Kysely } from 'kysely';
import { Migrator } from 'kysely/migration';
import { migrations } from './migrations/index.ts';
import { StoreError } from './store-error.ts';
import type { Tables } from './tables.ts';

/** Brings the tables up to date. Replicas that start at once wait for one another: Kysely takes a lock on Postgres. */
export async function migrate(db: Kysely<Tables>): Promise<void> {
  const migrator = new Migrator({
    db: db.withoutPlugins(),
    provider: { getMigrations: () => Promise.resolve(migrations) },
  });
  const { error, results } = await migrator.migrateToLatest();
  if (error === undefined) return;
  const failed = results?.find((result) => result.status === 'Error');
  const migration = failed?.migrationName ?? 'migrations';
  throw new StoreError({ code: 'migration-failed', migration }, { cause: error });
}
