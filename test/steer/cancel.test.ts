import { expect, test } from 'vitest';
import { createCanceller } from '../../src/steer/cancel.ts';
import { createEnvelopes, createSeal } from '../../src/store/envelope.ts';
import type { RequestChanges } from '../../src/store/request-row.ts';
import { en } from '../../src/text/en.ts';
import { requestRow } from '../support/request-row.ts';
import { unneeded } from '../support/unneeded.ts';

const textFor = async () => Promise.resolve(en);
const answerTo = { id: 'a', channelId: 'C1', threadTs: null, sealed: null, always: false };

test.each([
  ['waits for the answer, if it was sent right then', false, null, ['cancel-request']],
  ['keeps waiting, if it was sent again right then', true, 500, []],
])('a wish to cancel a request %s', async (_when, told, waitMs, enqueued) => {
  const rows = [requestRow({ state: 'attached' }), requestRow({ state: 'sending' })];
  const jobs: string[] = [];
  const cancel = createCanceller({
    requests: { find: async () => Promise.resolve(rows.shift() ?? null) },
    endingRefusal: async () => Promise.resolve(null),
    transitions: {
      moveLocked: async (_id, plan) => Promise.resolve(plan(requestRow({ state: 'sending' })) !== null),
    },
    envelopes: createEnvelopes(createSeal(Buffer.alloc(32))),
    enqueue: async (name) => void (await Promise.resolve(jobs.push(name))),
    notifier: { notify: async () => Promise.resolve(), notifyMarkup: unneeded },
    textFor,
  });
  expect(await cancel({ requestId: 'request', userId: 'U1', answerTo, told })).toBe(waitMs);
  expect(jobs).toEqual(enqueued);
});

test('a canceled request loses its secrets, and its requester can still be told', async () => {
  const envelopes = createEnvelopes(createSeal(Buffer.alloc(32)));
  const responseUrl = 'https://hooks.slack.com/commands/1';
  const sessionSecrets = [{ key: 'TOKEN', value: 'hush', sensitive: true }];
  const sealed = envelopes.close('request', { responseUrl, sessionSecrets });
  const row = requestRow({ state: 'accepted', sealed });
  const changes: (RequestChanges | undefined)[] = [];
  const cancel = createCanceller({
    requests: { find: async () => Promise.resolve(row) },
    endingRefusal: async () => Promise.resolve(null),
    transitions: {
      moveLocked: async (_id, plan) => {
        changes.push(plan(row)?.step.changes);
        return Promise.resolve(true);
      },
    },
    envelopes,
    enqueue: unneeded,
    notifier: { notify: unneeded, notifyMarkup: unneeded },
    textFor,
  });
  await cancel({ requestId: 'request', userId: 'U1', answerTo });
  expect(changes).toHaveLength(1);
  expect(envelopes.open('request', changes[0]?.sealed ?? null)).toEqual({ responseUrl, sessionSecrets: [] });
});
