import { expect, test } from 'vitest';
import { createRelayFromDevin, RELAY_TIMES } from '../../src/follow/from-devin.ts';
import { createLog } from '../../src/log.ts';
import type { MilestoneRow } from '../../src/store/milestones.ts';
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
};

/** The jobs after a relay without a message. `came`: while it read messages. */
async function queuedAfter(pending: MilestoneRow[], came: MilestoneRow[] = []): Promise<string[]> {
  const queued: string[] = [];
  const told = pending.map(({ key }) => key);
  const relay = createRelayFromDevin({
    sessions: {
      find: async () => Promise.resolve(sessionRow({ sessionId: 's', threadTs: '1.0', told })),
      change: async () => Promise.resolve(),
    },
    requests: { find: async () => Promise.resolve(requestRow()) },
    messages: {
      nextPending: async () => Promise.resolve(null),
      leaveOutPending: async () => Promise.resolve(),
      skip: async () => Promise.resolve(),
    },
    milestones: { pending: async () => Promise.resolve([...pending]) },
    calls: { part: async () => Promise.resolve(), answered: async () => Promise.resolve([]) },
    setAside: { note: async () => Promise.resolve(1), clear: async () => Promise.resolve() },
    fetchMessages: async () => Promise.resolve(pending.push(...came)),
    findAttachments: async () => Promise.resolve(),
    postMessage: async () => Promise.resolve({ kind: 'posted', ts: '1.1' }),
    outbound: { tellPrivately: async () => Promise.resolve('delivered') },
    withLease: async (_name, work) => ({ kind: 'done', result: await work(heldLease) }),
    enqueue: async (name) => void (await Promise.resolve(queued.push(name))),
    times: RELAY_TIMES,
    now: Date.now,
    textFor: async () => Promise.resolve(en),
    log: createLog('silent'),
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
