import { expect, test } from 'vitest';
import { createTransitions } from '../../src/create/transitions.ts';
import { createEnvelopes, createSeal } from '../../src/store/envelope.ts';
import { createLedger } from '../../src/store/ledger.ts';
import { createReplies } from '../../src/store/replies.ts';
import { createRequests } from '../../src/store/requests.ts';
import { createSessions } from '../../src/store/sessions.ts';
import { databaseClock } from '../../src/store/sql.ts';
import { createThreadMessages } from '../../src/store/thread-messages.ts';
import { createUnconfirmedCreates } from '../../src/store/unconfirmed-creates.ts';
import { describeOnBothDatabases } from '../support/databases.ts';
import { newRequest, requestRow } from '../support/request-row.ts';
import { sessionSnapshot } from '../support/session-snapshot.ts';

describeOnBothDatabases('two requests that find the same session at the same moment', (open) => {
  test('one gets it, and the other still searches for its own', async () => {
    const { db } = await open();
    const [requests, sessions] = [createRequests(db), createSessions(db)];
    const reached: string[] = [];
    const { move } = createTransitions({
      store: {
        db,
        requests,
        sessions,
        replies: createReplies(db),
        messages: createThreadMessages(db),
        unconfirmedCreates: createUnconfirmedCreates(db),
        ledger: createLedger(db, databaseClock),
        envelopes: createEnvelopes(createSeal(Buffer.alloc(32))),
      },
      enqueue: async () => Promise.resolve(),
      onMoved: (state) => void reached.push(state),
      now: () => 0,
    });
    const ids = ['r1', 'r2'];
    await requests.insert(ids.map((id) => newRequest(id)));
    for (const id of ids) await requests.advance({ id, from: 'accepted', to: 'sending' });
    const snapshot = sessionSnapshot('s1');
    const adopt = async (id: string) =>
      move({
        request: requestRow({ id, state: 'sending' }),
        to: 'created',
        changes: { sessionId: 's1' },
        effects: { session: { sessionId: 's1', requestId: id, url: snapshot.url, snapshot } },
      });
    const moved = await Promise.all(ids.map(adopt));
    const owner = (await sessions.find('s1'))?.requestId;
    expect(moved.map((one) => one?.request.id)).toEqual(ids.map((id) => (id === owner ? id : undefined)));
    const states = await Promise.all(ids.map(async (id) => (await requests.find(id))?.state));
    expect(states).toEqual(ids.map((id) => (id === owner ? 'created' : 'sending')));
    expect(reached).toEqual(['created']);
  });
});
