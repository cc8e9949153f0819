import { globSync, readFileSync } from 'node:fs';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { useEmbedded } from '../support/databases.ts';

const open = useEmbedded();

/** Columns that the release before this one still writes: the next one drops them. */
const TO_DROP = [
  'edit_budgets.next_at',
  'edit_budgets.paused_until',
  'edit_budgets.team_id',
  'leases.owner',
  'post_pauses.channel_id',
  'post_pauses.until',
  'session_requests.card_class',
  'session_requests.card_due_at',
  'session_requests.card_prepaid',
];

const SOURCES = globSync('src/store/*.ts').map((file) => readFileSync(file, 'utf8'));

test('each table and column of the database is described in the code', async () => {
  const { db } = await open();
  const { rows } = await sql<{ tableName: string; columnName: string }>`
    select table_name, column_name from information_schema.columns
    where table_schema = 'public' and table_name not like 'kysely%'`.execute(db);
  const described = (name: string): boolean =>
    SOURCES.some((source) => new RegExp(`[{ ]${name}\\??: `).test(source));
  const unknown = rows.filter(
    ({ tableName, columnName }) => !described(camelCase(tableName)) || !described(camelCase(columnName)),
  );
  expect(unknown.map(({ tableName, columnName }) => `${tableName}.${columnName}`).toSorted()).toEqual(
    TO_DROP,
  );
});

function camelCase(name: string): string {
  return name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
