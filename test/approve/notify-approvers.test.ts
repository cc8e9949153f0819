import { expect, test } from 'vitest';
import { createApproverNotifier } from '../../src/approve/notify-approvers.ts';
import { createLog } from '../../src/log.ts';
import { en } from '../../src/text/en.ts';
import { heldLease } from '../support/lease.ts';
import { requestRow } from '../support/request-row.ts';

const ben = { userId: 'U2', name: 'Ben' };

test('an approver who was asked before a backup was restored is not asked again', async () => {
  const createdAt = new Date(5);
  const approval = { rule: 'infra', say: null, need: 1, people: [ben], fingerprint: '', yes: [], end: null };
  const request = requestRow({ state: 'awaiting-approval', createdAt, approvals: [approval] });
  const searchedSince: (Date | undefined)[] = [];
  const shown: string[] = [];
  const tell = createApproverNotifier({
    store: {
      requests: { find: async () => Promise.resolve(request) },
      approvalMessages: {
        ofRequest: async () => Promise.resolve([]),
        posted: async (message) => Promise.resolve(void shown.push(message.slackTs)),
        shows: async () => Promise.resolve(),
      },
    },
    outbound: {
      directChannel: async () => Promise.resolve('D2'),
      edit: async () => Promise.resolve({ kind: 'updated' }),
    },
    withLease: async (_name, work) => ({ kind: 'done', result: await work(heldLease) }),
    postOnce: async ({ since }) => {
      searchedSince.push(since);
      return Promise.resolve({ kind: 'posted', ts: '1.0', earlier: true });
    },
    redrawHome: async () => Promise.resolve(),
    now: () => 10,
    log: createLog('silent'),
    textFor: async () => Promise.resolve(en),
  });
  // At once, since what it shows is not known.
  expect(await tell({ requestId: request.id })).toBe(0);
  expect(searchedSince).toEqual([createdAt]);
  expect(shown).toEqual(['1.0']);
});
