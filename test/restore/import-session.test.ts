import { expect, test } from 'vitest';
import { importSession } from '../../src/restore/index.ts';
import { createSetting } from '../support/create-context.ts';
import { useEmbedded } from '../support/databases.ts';
import { sessionSnapshot } from '../support/session-snapshot.ts';

const open = useEmbedded();

test.each([
  ['restored', 1],
  ['follow', 0],
] as const)('a session exists once, no matter who imports it, with its past: %s', async (source, entries) => {
  const { c, store } = await createSetting(open);
  const { db } = store;
  const context = {
    ...c,
    devin: {
      messages: { list: async () => Promise.resolve({ items: said, endCursor: 'c2', hasNextPage: false }) },
      attachments: { list: async () => Promise.resolve(files) },
    },
    findMember: async () => Promise.resolve(null),
  };
  const snapshot = sessionSnapshot(`of-${source}`);
  const importAs = async (id: string) => {
    const place = { teamId: 'T1', userId: 'U1', channelId: 'C1', threadTs: '1.1', placeKind: null };
    const card = source === 'restored' && { card: { ts: '1.2', asked: {} } };
    return importSession(context, { request: { id, ...place }, snapshot, ...card });
  };
  const imported = [await importAs(`${source}-1`), await importAs(`${source}-2`)];
  expect(imported).toMatchObject([{ id: `${source}-1` }, { id: `${source}-1` }]);
  const of = { sessionId: snapshot.sessionId };
  const messages = await db
    .selectFrom('threadMessages')
    .select('state')
    .where('sessionId', '=', of.sessionId)
    .orderBy('seq')
    .execute();
  expect(messages.map(({ state }) => state)).toEqual(['skipped', 'skipped', 'skipped']);
  const counted = await db.selectFrom('ledger').select('id').where('sessionId', '=', of.sessionId).execute();
  expect(counted).toHaveLength(entries);
});

const said = [
  { eventId: 'e1', source: 'user' as const, message: 'Fix the login.', createdAt: 1 },
  { eventId: 'e2', source: 'devin' as const, message: 'Done.', createdAt: 2 },
];
const files = [
  {
    attachmentId: 'a1',
    name: 'log.txt',
    url: 'https://a.example/1',
    source: 'devin' as const,
  },
];
