import { globSync, readFileSync } from 'node:fs';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { useEmbedded } from '../support/databases.ts';

const open = useEmbedded();

const SOURCES = globSync('src/store/*.ts', { exclude: ['src/store/schema.ts'] }).map((file) =>
  readFileSync(file, 'utf8'),
);

test('each table and column of the database is described in the code', async () => {
  const { db } = await open();
  const { rows } = await sql<{ tableName: string; columnName: string }>`
    select table_name, column_name from information_schema.columns
    where table_schema = 'public'`.execute(db);
  const described = (name: string): boolean =>
    SOURCES.some((source) => new RegExp(`[{ ]${name}\\??: `).test(source));
  const unknown = rows.filter(
    ({ tableName, columnName }) => !described(camelCase(tableName)) || !described(camelCase(columnName)),
  );
  expect(unknown).toEqual([]);
});

function camelCase(name: string): string {
  return name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
