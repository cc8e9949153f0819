import { expect, test } from 'vitest';
import { createCanceller } from '../../src/steer/cancel.ts';
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
    store: {
      requests: { find: async () => Promise.resolve(rows.shift() ?? null) },
      threadNotices: { add: unneeded, remove: unneeded },
    },
    endingRefusal: async () => Promise.resolve(null),
    transitions: {
      moveLocked: async (_id, plan) => Promise.resolve(plan(requestRow({ state: 'sending' })) !== null),
    },
    enqueue: async (name) => void (await Promise.resolve(jobs.push(name))),
    notifier: { notify: async () => Promise.resolve(), notifyMarkup: unneeded },
    textFor,
  });
  expect(await cancel({ requestId: 'request', userId: 'U1', answerTo, told })).toBe(waitMs);
  expect(jobs).toEqual(enqueued);
});
