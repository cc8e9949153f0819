import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { createForms } from '../../src/store/forms.ts';
import { changeChannelId } from '../../src/store/schema.ts';
import { createShown } from '../../src/store/shown.ts';
import { useEmbedded } from '../support/databases.ts';
import { fillHistory } from '../support/history.ts';

const IDS = { from: 'G1', to: 'C2' };
const FORM = {
  teamId: 'T1',
  userId: 'U1',
  channelId: IDS.from,
  threadTs: null,
  draft: { values: {}, sources: {} },
  sealed: null,
};

const useOpen = useEmbedded();

/** What is kept as it was, only of direct messages, or over in seconds. */
const NOT_MOVED = new Set(['audit.channel_id']);

test('the id of a channel changes in each column that holds one', async () => {
  const { db } = await useOpen();
  await fillHistory(db, { requests: 60 });
  await createForms(db).insert({ ...FORM, id: 'f1', context: null });
  await createShown(db).attempt(
    { key: 'k1', channelId: IDS.from, threadTs: null, slackTs: null, isFirst: true },
    db,
  );
  const { rows } = await sql<{ table: string; column: string }>`
    select table_name as table, column_name as column from information_schema.columns
    where table_schema = 'public' and column_name like '%channel_id' order by 1, 2`.execute(db);
  const moved = rows.filter(({ table, column }) => !NOT_MOVED.has(`${table}.${column}`));
  for (const { table, column } of moved)
    await sql`update ${sql.table(table)} set ${sql.ref(column)} = ${IDS.from}`.execute(db);
  await changeChannelId(db, IDS);
  for (const { table, column } of moved) {
    const found = await sql`select distinct ${sql.ref(column)} as id from ${sql.table(table)}`.execute(db);
    expect({ table, column, ids: found.rows }).toEqual({ table, column, ids: [{ id: IDS.to }] });
  }
});
