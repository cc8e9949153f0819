import { z } from 'zod';

/** Of ours, of the queue and of Postgres itself; the ones that change most come first. */
export const TABLES = `
  select format('%I.%I', nspname, relname) as name
  from pg_class join pg_namespace on pg_namespace.oid = relnamespace
  where relkind = 'r' and nspname in ('public', 'pgboss', 'pg_catalog') and pg_relation_size(pg_class.oid) > 0
  order by nspname = 'pg_catalog', pg_class.oid`;

const tableSchema = z.object({ name: z.string() });

export function tableNames(results: readonly { rows: unknown[] }[]): string[] {
  return results.flatMap(({ rows }) => rows.map((row) => tableSchema.parse(row).name));
}
