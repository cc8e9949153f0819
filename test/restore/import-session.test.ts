import { expect, test } from 'vitest';
import { createImportSession } from '../../src/restore/import-session.ts';
import { createLedger } from '../../src/store/ledger.ts';
import { createRequests } from '../../src/store/requests.ts';
import { createSessions } from '../../src/store/sessions.ts';
import { databaseClock } from '../../src/store/sql.ts';
import { createThreadMessages } from '../../src/store/thread-messages.ts';
import { useEmbedded } from '../support/databases.ts';
import { sessionSnapshot } from '../support/session-snapshot.ts';

const open = useEmbedded();

test.each([
  ['restored', 1],
  ['follow', 0],
] as const)('a session exists once, no matter who imports it, with its past: %s', async (source, entries) => {
  const { db } = await open();
  const importSession = createImportSession({
    store: {
      db,
      requests: createRequests(db),
      sessions: createSessions(db),
      messages: createThreadMessages(db),
      ledger: createLedger(db, databaseClock),
    },
    readHistory: async () => Promise.resolve({ messages: said, cursor: 'c2', files }),
    sessionMember: async () => Promise.resolve(null),
  });
  const snapshot = sessionSnapshot(`of-${source}`);
  const importAs = async (id: string) => {
    const place = { teamId: 'T1', userId: 'U1', channelId: 'C1', threadTs: null, placeKind: null };
    const unposted = new Set(['e2']);
    const request = { id, source, ...place };
    return importSession({ request, snapshot, threadTs: '1.1', sessionChanges: {}, unposted });
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
  expect(messages.map(({ state }) => state)).toEqual(['skipped', 'pending', 'skipped']);
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
