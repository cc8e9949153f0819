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
import { useEmbedded } from '../support/databases.ts';
import { newRequest } from '../support/request-row.ts';

const open = useEmbedded();
const envelopes = createEnvelopes(createSeal(Buffer.alloc(32)));
const RESPONSE_URL = 'https://hooks.slack.com/commands/1';

async function setUp() {
  const { db } = await open();
  const requests = createRequests(db);
  const transitions = createTransitions({
    store: {
      db,
      requests,
      sessions: createSessions(db),
      replies: createReplies(db),
      messages: createThreadMessages(db),
      unconfirmedCreates: createUnconfirmedCreates(db),
      ledger: createLedger(db, databaseClock),
      envelopes,
    },
    enqueue: async () => Promise.resolve(),
    onMoved: () => undefined,
    now: () => 0,
  });
  const sessionSecrets = [{ key: 'TOKEN', value: 'hush', sensitive: true }];
  const sealed = envelopes.close('r1', { responseUrl: RESPONSE_URL, sessionSecrets });
  await requests.insert([newRequest('r1', { sealed })]);
  return { db, requests, transitions };
}

test.each([
  ['loses its secrets, and its requester can still be told', null, 'failed', []],
  ['is unknown again if an earlier attempt may have started a session', new Date(1), 'unknown', ['TOKEN']],
])('a request that fails %s', async (_what, sentAt, state, secrets) => {
  const { requests, transitions } = await setUp();
  await requests.advance({ id: 'r1', from: 'accepted', to: 'attached', changes: { sentAt } });
  const failure = { kind: 'cancelled', userId: 'U1' } as const;
  await transitions.moveLocked('r1', () => ({ to: 'failed', changes: { failure } }));
  const request = await requests.find('r1');
  const envelope = envelopes.open('r1', request?.sealed ?? null);
  expect({ ...envelope, state: request?.state }).toMatchObject({ state, responseUrl: RESPONSE_URL });
  expect(envelope?.sessionSecrets.map(({ key }) => key)).toEqual(secrets);
});
