import { expect, test } from 'vitest';
import { createRelayFromDevin, RELAY_TIMES } from '../../src/follow/from-devin.ts';
import { createLog } from '../../src/log.ts';
import type { MilestoneRow } from '../../src/store/milestones.ts';
import type { MessageRow } from '../../src/store/session-messages.ts';
import { MOST_FAILURES } from '../../src/store/set-aside.ts';
import { en } from '../../src/text/en.ts';
import { heldLease } from '../support/lease.ts';
import { requestRow } from '../support/request-row.ts';
import { sessionRow } from '../support/session-row.ts';

const FINISHED: MilestoneRow = {
  sessionId: 's',
  key: 'finished',
  direct: false,
  attemptedAt: null,
  createdAt: new Date(0),
  dueInMs: 15_000,
};

type RelayDeps = Parameters<typeof createRelayFromDevin>[0];

/** A session that has come to this, without a message. */
function quietly(told: readonly string[] = []): RelayDeps {
  return {
    sessions: {
      find: async () => Promise.resolve(sessionRow({ sessionId: 's', threadTs: '1.0', told: [...told] })),
      change: async () => Promise.resolve(),
    },
    requests: { find: async () => Promise.resolve(requestRow()) },
    messages: {
      nextPending: async () => Promise.resolve(null),
      leaveOutPending: async () => Promise.resolve(),
      skip: async () => Promise.resolve(),
    },
    milestones: { pending: async () => Promise.resolve([]), hear: async () => Promise.resolve() },
    calls: { part: async () => Promise.resolve(), answered: async () => Promise.resolve([]) },
    setAside: { note: async () => Promise.resolve(1), clear: async () => Promise.resolve() },
    fetchMessages: async () => Promise.resolve(0),
    findAttachments: async () => Promise.resolve(),
    skipPosted: async () => Promise.resolve(null),
    postMessage: async () => Promise.resolve({ kind: 'posted', ts: '1.1' }),
    outbound: { tellPrivately: async () => Promise.resolve('delivered') },
    withLease: async (_name, work) => ({ kind: 'done', result: await work(heldLease) }),
    enqueue: async () => Promise.resolve(),
    times: RELAY_TIMES,
    now: Date.now,
    textFor: async () => Promise.resolve(en),
    log: createLog('silent'),
  };
}

/** The jobs after a relay without a message. `came`: while it read messages. */
async function queuedAfter(pending: MilestoneRow[], came: MilestoneRow[] = []): Promise<string[]> {
  const queued: string[] = [];
  const heard = new Set<string>();
  const relay = createRelayFromDevin({
    ...quietly(pending.map(({ key }) => key)),
    milestones: {
      pending: async () =>
        Promise.resolve(pending.map((row) => ({ ...row, dueInMs: heard.has(row.key) ? 0 : row.dueInMs }))),
      hear: async (_sessionId, keys) => Promise.resolve(keys.forEach((key) => heard.add(key))),
    },
    fetchMessages: async () => Promise.resolve(pending.push(...came)),
    enqueue: async (name) => void (await Promise.resolve(queued.push(name))),
  });
  await relay('s', new AbortController().signal);
  return queued;
}

test("a milestone is announced after the session's messages, and without one nothing is queued", async () => {
  expect(await queuedAfter([FINISHED])).toEqual(['tell-milestones']);
  expect(await queuedAfter([])).toEqual([]);
});

test('a milestone that comes during a read is announced after the next read, with its messages', async () => {
  expect(await queuedAfter([], [FINISHED])).toEqual([]);
});

test.each([
  ['is tried again', MOST_FAILURES - 1, []],
  [
    'is left out in the end, and the call in it waits for a message of its own',
    MOST_FAILURES,
    ['part e1', 'skip e1'],
  ],
])('a message that fails %s', async (_what, failures, done) => {
  const row = { eventId: 'e1', text: 'a', slackFileId: null, attemptedAt: null };
  const rows: MessageRow[] = [{ ...row, sessionId: 's', source: 'devin', saidAt: new Date(0) }];
  const did: string[] = [];
  const relay = createRelayFromDevin({
    ...quietly(),
    messages: {
      nextPending: async () => Promise.resolve(rows[0] ?? null),
      leaveOutPending: async () => Promise.resolve(),
      skip: async ({ eventId }) => {
        did.push(`skip ${eventId}`);
        rows.pop();
        return Promise.resolve();
      },
    },
    calls: {
      part: async (_id, eventId) => void (await Promise.resolve(did.push(`part ${eventId}`))),
      answered: async () => Promise.resolve([]),
    },
    setAside: { note: async () => Promise.resolve(failures), clear: async () => Promise.resolve() },
    postMessage: async () => Promise.reject(new Error('no')),
  });
  const failed = await relay('s', new AbortController().signal).then(
    () => false,
    () => true,
  );
  expect({ failed, did }).toEqual({ failed: done.length === 0, did: done });
});

test('the requester hears once that a thread takes no messages, not at each try', async () => {
  const row = { eventId: 'e1', text: 'a', slackFileId: null, attemptedAt: null };
  const waiting: MessageRow = { ...row, sessionId: 's', source: 'devin', saidAt: new Date(0) };
  let session = sessionRow();
  let told = 0;
  const relay = createRelayFromDevin({
    ...quietly(),
    sessions: {
      find: async () => Promise.resolve(session),
      change: async (_id, changes) => {
        session = { ...session, threadTrouble: changes.threadTrouble ?? null };
        return Promise.resolve();
      },
    },
    messages: { ...quietly().messages, nextPending: async () => Promise.resolve(waiting) },
    postMessage: async () => Promise.resolve({ kind: 'refused', code: 'is_archived' }),
    outbound: {
      tellPrivately: async () => {
        told += 1;
        return Promise.resolve('delivered');
      },
    },
  });
  await relay('s', new AbortController().signal);
  await relay('s', new AbortController().signal);
  expect(told).toBe(1);
});
