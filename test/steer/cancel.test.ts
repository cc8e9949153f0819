import { expect, test } from 'vitest';
import { createCanceller } from '../../src/steer/cancel.ts';
import { createEnvelopes, createSeal } from '../../src/store/envelope.ts';
import type { RequestChanges } from '../../src/store/request-row.ts';
import { en } from '../../src/text/en.ts';
import { requestRow } from '../support/request-row.ts';

const unneeded = async (): Promise<never> => Promise.reject(new Error('not needed'));
const textFor = async () => Promise.resolve(en);

test('a canceled request loses its secrets, and its requester can still be told', async () => {
  const envelopes = createEnvelopes(createSeal(Buffer.alloc(32)));
  const responseUrl = 'https://hooks.slack.com/commands/1';
  const sessionSecrets = [{ key: 'TOKEN', value: 'hush', sensitive: true }];
  const sealed = envelopes.close('request', { responseUrl, sessionSecrets });
  const changes: (RequestChanges | undefined)[] = [];
  const cancel = createCanceller({
    requests: { find: async () => Promise.resolve(requestRow({ state: 'accepted', sealed })) },
    endingRefusal: async () => Promise.resolve(null),
    transitions: {
      move: async (step) => {
        changes.push(step.changes);
        return Promise.resolve({ request: requestRow(), session: null });
      },
      moveLocked: unneeded,
    },
    envelopes,
    enqueue: unneeded,
    notifier: { notify: unneeded, notifyMarkup: unneeded },
    textFor,
  });
  const answerTo = { id: 'a', channelId: 'C1', threadTs: null, sealed: null, always: false };
  await cancel({ requestId: 'request', userId: 'U1', answerTo });
  expect(changes).toHaveLength(1);
  expect(envelopes.open('request', changes[0]?.sealed ?? null)).toEqual({ responseUrl, sessionSecrets: [] });
});
