import { expect, test } from 'vitest';
import { TooLargeError } from '../../src/bounds.ts';
import { bareFacts, DevinError } from '../../src/devin/errors.ts';
import { createRelayFromDevin } from '../../src/follow/from-devin.ts';
import { RELAY_TIMES } from '../../src/follow/post-pending.ts';
import { createLog } from '../../src/log.ts';
import type { AnsweredCall } from '../../src/store/calls.ts';
import type { MilestoneRow } from '../../src/store/milestones.ts';
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

const ANSWERED: AnsweredCall = {
  key: 'needs-you:1',
  eventId: null,
  inMessage: false,
  channelId: 'C1',
  slackTs: '2.2',
  answeredBy: null,
  answeredAt: new Date(0),
};

type RelayDeps = Parameters<typeof createRelayFromDevin>[0];

type Messages = RelayDeps['store']['messages'];

/** A session that has come to this, without a message but those of `messages`. */
function quietly(told: readonly string[] = [], messages: Partial<Messages> = {}): RelayDeps {
  return {
    store: {
      sessions: { find: async () => Promise.resolve(sessionRow({ sessionId: 's', told: [...told] })) },
      requests: { find: async () => Promise.resolve(requestRow()) },
      messages: {
        nextPending: async () => Promise.resolve(null),
        known: async () => Promise.resolve(new Set()),
        add: async () => Promise.resolve(),
        ...messages,
      },
      milestones: { pending: async () => Promise.resolve([]), hear: async () => Promise.resolve() },
      calls: { answered: async () => Promise.resolve([]) },
    },
    fetchMessages: async () => Promise.resolve(0),
    findAttachments: async () => Promise.resolve(),
    withLease: async (_name, work) => ({ kind: 'done', result: await work(heldLease) }),
    enqueue: async () => Promise.resolve(),
    times: RELAY_TIMES,
    now: Date.now,
    log: createLog('silent'),
  };
}

/** The jobs after a relay without a message. `came`: while it read messages. */
async function queuedAfter(pending: MilestoneRow[], came: MilestoneRow[] = []): Promise<string[]> {
  const queued: string[] = [];
  const heard = new Set<string>();
  const relay = createRelayFromDevin({
    ...quietly(pending.map(({ key }) => key)),
    store: {
      ...quietly(pending.map(({ key }) => key)).store,
      milestones: {
        pending: async () =>
          Promise.resolve(pending.map((row) => ({ ...row, dueInMs: heard.has(row.key) ? 0 : row.dueInMs }))),
        hear: async (_sessionId, keys) => Promise.resolve(keys.forEach((key) => heard.add(key))),
      },
    },
    fetchMessages: async () => Promise.resolve(pending.push(...came)),
    enqueue: async (name) => void (await Promise.resolve(queued.push(name))),
  });
  await relay('s', new AbortController().signal);
  return queued;
}

test("a milestone is announced after the session's messages, and without one nothing is queued", async () => {
  expect(await queuedAfter([FINISHED])).toEqual(['post-waiting']);
  expect(await queuedAfter([])).toEqual([]);
});

test('a milestone that comes during a read is announced after the next read, with its messages', async () => {
  expect(await queuedAfter([], [FINISHED])).toEqual([]);
});

test("a milestone whose messages are here doesn't wait for a later one's", async () => {
  const later = { ...FINISHED, key: 'pr:https://github.com/acme/web/pull/1' };
  expect(await queuedAfter([FINISHED], [later])).toEqual(['post-waiting']);
});

test('a question that was answered is marked, although nothing is new', async () => {
  const queued: string[] = [];
  const relay = createRelayFromDevin({
    ...quietly(),
    store: { ...quietly().store, calls: { answered: async () => Promise.resolve([ANSWERED]) } },
    enqueue: async (name) => void (await Promise.resolve(queued.push(name))),
  });
  await relay('s', new AbortController().signal);
  expect(queued).toEqual(['post-waiting']);
});

test('messages of which one is too large to read are not loaded again and again', async () => {
  const stored = new Set<string>();
  let reads = 0;
  const facts = bareFacts('no-answer', 200);
  const relay = createRelayFromDevin({
    ...quietly([], {
      known: async (_sessionId, ids) => Promise.resolve(new Set(ids.filter((id) => stored.has(id)))),
      add: async (_sessionId, rows) => Promise.resolve(rows.forEach(({ eventId }) => stored.add(eventId))),
    }),
    fetchMessages: async () => {
      reads += 1;
      const cause = new TooLargeError('It is larger than 16 bytes.');
      return Promise.reject(new DevinError({ operation: 'messages.list', facts, cause }));
    },
  });
  for (let turn = 0; turn < 3; turn += 1) await relay('s', new AbortController().signal);
  expect([reads, stored.size]).toEqual([1, 1]);
});

test.each([
  [2, true],
  [0, false],
])('files are listed with new messages: %i', async (count, expected) => {
  const listed: boolean[] = [];
  const relay = createRelayFromDevin({
    ...quietly(),
    fetchMessages: async () => Promise.resolve(count),
    findAttachments: async (_session, hasSpoken) => void (await Promise.resolve(listed.push(hasSpoken))),
  });
  await relay('s', new AbortController().signal);
  expect(listed).toEqual([expected]);
});

test('messages that are stored are posted although Devin gives no more', async () => {
  const error = new DevinError({ operation: 'messages.list', facts: bareFacts('unavailable') });
  const message = { sessionId: 's', eventId: 'e1', source: 'devin', text: 'a', saidAt: new Date(0) };
  const queued: string[] = [];
  const relay = createRelayFromDevin({
    ...quietly([], {
      nextPending: async () => Promise.resolve({ ...message, attemptedAt: null, slackFileId: null }),
    }),
    fetchMessages: async () => Promise.reject(error),
    enqueue: async (name) => void (await Promise.resolve(queued.push(name))),
  });
  await expect(relay('s', new AbortController().signal)).rejects.toBe(error);
  expect(queued).toEqual(['post-waiting']);
});

test.each([
  ['as soon as Devin allows it, if it says when', { code: 'rate-limited', afterMs: 90_000 }, 90_000],
  ["as the queue decides, if it doesn't", { code: 'unavailable', afterMs: null }, 'failed'],
  ['once the key is replaced', { code: 'unauthorized', afterMs: null }, 'failed'],
  ['with the next change, if Devin refuses this session', { code: 'forbidden', afterMs: null }, null],
  ['with the next change, if Devin has lost this session', { code: 'not-found', afterMs: null }, null],
] as const)(
  'messages that Devin gives no more are read again %s',
  async (_when, { code, afterMs }, again) => {
    const error = new DevinError({
      operation: 'messages.list',
      facts: bareFacts(code),
      retryAfterMs: afterMs,
    });
    const relay = createRelayFromDevin({ ...quietly(), fetchMessages: async () => Promise.reject(error) });
    const relayed = relay('s', new AbortController().signal).catch(() => 'failed');
    expect(await relayed).toBe(again);
  },
);

test.each([
  ['as the queue decides at first', 20, 'failed'],
  ['now and then once the queue would give up', 40, RELAY_TIMES.troubleMs],
  ['no longer after a day', 25 * 60, 'failed'],
])("a session's last words are read %s", async (_when, minutes, again) => {
  const session = sessionRow({ sessionId: 's', changedAt: new Date(Date.now() - minutes * 60_000) });
  const error = new DevinError({ operation: 'messages.list', facts: bareFacts('unavailable') });
  const relay = createRelayFromDevin({
    ...quietly(),
    store: {
      ...quietly().store,
      sessions: { ...quietly().store.sessions, find: async () => Promise.resolve(session) },
    },
    fetchMessages: async () => Promise.reject(error),
  });
  expect(await relay('s', new AbortController().signal).catch(() => 'failed')).toBe(again);
});
