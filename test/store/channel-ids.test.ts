import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { changeChannelId } from '../../src/store/channel-ids.ts';
import { createForms } from '../../src/store/forms.ts';
import { messageKey } from '../../src/store/request-row.ts';
import { createRequests } from '../../src/store/requests.ts';
import { createSettings } from '../../src/store/settings.ts';
import { createShown } from '../../src/store/shown.ts';
import { useEmbedded, usePostgres } from '../support/databases.ts';
import { fillHistory } from '../support/history.ts';
import { newRequest } from '../support/request-row.ts';

const IDS = { from: 'G1', to: 'C2' };
const ASKED = { teamId: 'T1', ts: '1.5' };

const CONTEXT = {
  choice: 'thread' as const,
  channelId: IDS.from,
  channelName: 'secret',
  picked: { ts: '1.0', threadTs: null, userId: 'U1', appName: null, text: 'G1 is broken', files: [] },
};

const FORM = {
  teamId: 'T1',
  userId: 'U1',
  channelId: IDS.from,
  threadTs: null,
  draft: { values: {}, sources: {} },
  sealed: null,
};

describe('a channel that gets another id', () => {
  const { open } = usePostgres();
  test('keeps the message that asked for a session, and what is sent with the task', async () => {
    const { db } = await open();
    const requests = createRequests(db);
    const dedupeKey = messageKey({ ...ASKED, channelId: IDS.from });
    const placed = { channelId: IDS.from, context: CONTEXT };
    await requests.insert([newRequest('r1', { ...placed, dedupeKey }), newRequest('r2')]);
    await changeChannelId(db, IDS);
    const moved = { channelId: IDS.to, context: { ...CONTEXT, channelId: IDS.to } };
    expect(await requests.ofMessage({ ...ASKED, channelId: IDS.to })).toMatchObject(moved);
    expect(await requests.find('r2')).toMatchObject({ dedupeKey: 'r2', channelId: 'C1', context: null });
  });

  test('gets what is asked for in forms that are open', async () => {
    const { db } = await open();
    const forms = createForms(db);
    await forms.insert({ ...FORM, id: 'f1', context: CONTEXT });
    await forms.insert({ ...FORM, id: 'f2', context: null });
    await changeChannelId(db, IDS);
    const { to: channelId } = IDS;
    expect(await forms.find('f1')).toMatchObject({ channelId, context: { ...CONTEXT, channelId } });
    expect(await forms.find('f2')).toMatchObject({ channelId, context: null });
  });
});

const BEFORE = { teamId: 'T1', scope: 'channel', scopeId: IDS.from } as const;
const SINCE = { ...BEFORE, scopeId: IDS.to };
const PLACE = { teamId: 'T1', channelId: IDS.to, userId: 'U1' };

describe("a channel's settings", () => {
  const { open } = usePostgres();
  test('are found under its new id, with what was chosen there before Slack told the app of it', async () => {
    const { db } = await open();
    const settings = createSettings(db);
    await settings.set(BEFORE, { max_acu_limit: 5 }, 'U1');
    await settings.changePreferences(BEFORE, { listen: 'thread', steer: 'requester' }, 'U1');
    await settings.changePreferences(SINCE, { listen: 'mentions' }, 'U1');
    // Slack may tell it twice.
    await changeChannelId(db, IDS);
    await changeChannelId(db, IDS);
    expect(await settings.layersFor(PLACE)).toEqual({ channel: { max_acu_limit: 5 } });
    expect(await settings.preferencesFor(PLACE)).toMatchObject({ listen: 'mentions', steer: 'requester' });
    expect(await settings.layersFor({ ...PLACE, channelId: IDS.from })).toEqual({});
  });
});

const useOpen = useEmbedded();

/** What is kept as it was, only of direct messages, or over in seconds. */
const NOT_MOVED = new Set(['audit.channel_id']);

test('the id of a channel changes in each column that holds one', async () => {
  const { db } = await useOpen();
  await fillHistory(db, { requests: 60 });
  await createForms(db).insert({ ...FORM, id: 'f1', context: null });
  await createShown(db).attempt(
    {
      key: 'k1',
      channelId: IDS.from,
      threadTs: null,
      slackTs: null,
      isFirst: true,
    },
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
