import { expect, test } from 'vitest';
import { bareFacts, DevinError } from '../../src/devin/errors.ts';
import { createSteerer } from '../../src/steer/steer.ts';
import { en } from '../../src/text/en.ts';
import { useEmbedded } from '../support/databases.ts';
import { requestRow } from '../support/request-row.ts';
import { sessionRow } from '../support/session-row.ts';

const open = useEmbedded();
const unneeded = async (): Promise<never> => Promise.reject(new Error('not needed'));

test('a Stop that was not sent when the app stops is left for the next start, and nobody hears that it failed', async () => {
  const { db } = await open();
  const told: string[] = [];
  const stopping = new AbortController();
  const steer = createSteerer({
    db,
    requests: { find: async () => Promise.resolve(requestRow()) },
    sessions: { find: async () => Promise.resolve(sessionRow()), change: unneeded },
    cards: { markStale: unneeded },
    moveReply: unneeded,
    steeringRefusal: unneeded,
    endingRefusal: async () => {
      stopping.abort(new Error('the app stops'));
      return Promise.resolve(null);
    },
    devin: {
      stop: async () =>
        Promise.reject(new DevinError({ operation: 'sessions.terminate', facts: bareFacts('not-sent') })),
      archive: unneeded,
      sleep: unneeded,
      get: unneeded,
    },
    enqueue: unneeded,
    recordAnswer: unneeded,
    notifier: {
      notify: async (_userId, _answerTo, ...sentences) => {
        told.push(...sentences);
        return Promise.resolve();
      },
      notifyMarkup: unneeded,
    },
    searchUntilFound: unneeded,
    textFor: async () => Promise.resolve(en),
    now: Date.now,
  });
  await expect(steer({ sessionId: 's1', userId: 'U1', what: 'stop' }, stopping.signal)).rejects.toThrow(
    'the app stops',
  );
  expect(told).toEqual([]);
});
