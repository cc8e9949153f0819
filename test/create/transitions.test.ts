import { expect, test } from 'vitest';
import { createTransitions } from '../../src/create/transitions.ts';
import { createAudit } from '../../src/store/audit.ts';
import { createCards } from '../../src/store/cards.ts';
import { createLedger } from '../../src/store/ledger.ts';
import { createMilestones } from '../../src/store/milestones.ts';
import { createRequests } from '../../src/store/requests.ts';
import { createSessions } from '../../src/store/sessions.ts';
import { databaseClock } from '../../src/store/sql.ts';
import { createUnconfirmedCreates } from '../../src/store/unconfirmed-creates.ts';
import { useEmbedded } from '../support/databases.ts';
import { newRequest } from '../support/request-row.ts';

const open = useEmbedded();
const ben = { userId: 'U2', name: 'Ben' };
const APPROVAL = { rule: 'r', say: null, need: 2, fingerprint: 'f', people: [ben], yes: [ben], end: null };

test('an approval is recorded once, however often what waits for another one is looked at again', async () => {
  const { db } = await open();
  const requests = createRequests(db);
  const transitions = createTransitions({
    db,
    requests,
    cards: createCards(db, { burst: 1, perMinute: 1 }),
    sessions: createSessions(db),
    milestones: createMilestones(db),
    unconfirmedCreates: createUnconfirmedCreates(db),
    ledger: createLedger(db, databaseClock),
    enqueue: async () => Promise.resolve(),
    onMoved: () => undefined,
    now: () => 0,
  });
  await requests.insert([newRequest('r1')]);
  await requests.advance({ id: 'r1', from: 'accepted', to: 'awaiting-approval' });
  const step = { id: 'r1', from: 'awaiting-approval', to: 'awaiting-approval' } as const;
  await transitions.move({ ...step, changes: { approvals: [APPROVAL] } });
  await transitions.move({ ...step, undecided: true });
  const results: string[] = [];
  for await (const { result } of createAudit(db).entries()) results.push(result);
  expect(results).toEqual(['one-more']);
});
