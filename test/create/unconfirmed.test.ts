import { expect, test } from 'vitest';
import { createUnconfirmedFinder } from '../../src/create/unconfirmed.ts';
import { createLog } from '../../src/log.ts';
import type { Identity } from '../../src/session/identity.ts';
import { createLedger } from '../../src/store/ledger.ts';
import { createMilestones } from '../../src/store/milestones.ts';
import { createSessions } from '../../src/store/sessions.ts';
import { databaseClock } from '../../src/store/sql.ts';
import { createUnconfirmedCreates } from '../../src/store/unconfirmed-creates.ts';
import { useEmbedded } from '../support/databases.ts';
import { requestRow } from '../support/request-row.ts';

const open = useEmbedded();
const memberOf = (devinUserId: string): Identity => {
  return { kind: 'matched', devinUserId, name: devinUserId, how: 'administrator', checkedAtMs: 0 };
};

test('a late session is searched for as the member of its request, even after the person was linked anew', async () => {
  const { db } = await open();
  const unconfirmedCreates = createUnconfirmedCreates(db);
  const at = new Date(1000);
  const lost = { requestId: 'r1', sentAt: at, lostAt: at, nextLookAt: at, identity: memberOf('user-before') };
  await db.transaction().execute(async (trx) => unconfirmedCreates.add(lost, trx));
  const request = requestRow({ id: 'r1', state: 'created', identity: memberOf('user-since') });
  const lookedFor: unknown[] = [];
  const look = createUnconfirmedFinder({
    db,
    unconfirmedCreates,
    ledger: createLedger(db, databaseClock),
    requests: { find: async () => Promise.resolve(request) },
    sessions: createSessions(db),
    milestones: createMilestones(db),
    findSessions: async (missing) => {
      lookedFor.push(...missing.map(({ identity }) => identity));
      return Promise.resolve(new Map());
    },
    adopt: async () => Promise.resolve({ kind: 'leave' }),
    enqueue: async () => Promise.resolve(),
    now: () => 2000,
    log: createLog('silent'),
  });
  await look(new AbortController().signal);
  expect(lookedFor).toEqual([memberOf('user-before')]);
});
