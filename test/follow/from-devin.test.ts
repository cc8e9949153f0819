import { WebAPIRateLimitedError } from '@slack/web-api';
import { describe, expect, test } from 'vitest';
import { bareFacts, DevinError } from '../../src/devin/errors.ts';
import { createRelayFromDevin, RELAY_TIMES } from '../../src/follow/from-devin.ts';
import { createLog } from '../../src/log.ts';
import { messageMetadata, readMetadata } from '../../src/slack/metadata.ts';
import type { FoundMessage } from '../../src/slack/posted-messages.ts';
import type { MilestoneRow } from '../../src/store/milestones.ts';
import { createSessionMessages, type MessageRow } from '../../src/store/session-messages.ts';
import { MOST_FAILURES } from '../../src/store/set-aside.ts';
import { en } from '../../src/text/en.ts';
import { useEmbedded } from '../support/databases.ts';
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
      skipThrough: async () => Promise.resolve(),
    },
    milestones: { pending: async () => Promise.resolve([]), hear: async () => Promise.resolve() },
    calls: { part: async () => Promise.resolve(), answered: async () => Promise.resolve([]) },
    setAside: { note: async () => Promise.resolve(1), clear: async () => Promise.resolve() },
    fetchMessages: async () => Promise.resolve(0),
    findAttachments: async () => Promise.resolve(),
    metadata: { read: async () => Promise.resolve({ messages: [], threads: [] }) },
    knownSince: new Date(0),
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
      ...quietly().messages,
      nextPending: async () => Promise.resolve(rows[0] ?? null),
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

test.each([
  ['as soon as Devin allows it, if it says when', { code: 'rate-limited', afterMs: 90_000 }, 90_000],
  ["as the queue decides, if it doesn't", { code: 'unavailable', afterMs: null }, 'failed'],
  ['once the key is replaced', { code: 'unauthorized', afterMs: null }, 'failed'],
  ['with the next change, if Devin refuses this session', { code: 'forbidden', afterMs: null }, null],
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
    sessions: { ...quietly().sessions, find: async () => Promise.resolve(session) },
    fetchMessages: async () => Promise.reject(error),
  });
  expect(await relay('s', new AbortController().signal).catch(() => 'failed')).toBe(again);
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

describe('after a restored backup, a session', () => {
  const open = useEmbedded();
  const KNOWN_SINCE = new Date(1_000_000);

  function shown(eventId: string, sessionId = 's'): FoundMessage[] {
    const metadata = readMetadata(messageMetadata(sessionId, eventId, 0));
    return metadata === null ? [] : [{ ts: '2.0', threadTs: '1.0', text: '', metadata }];
  }

  type Restored = { ages: number[]; attempted?: string[]; found?: FoundMessage[]; session?: object };

  /** Messages e1, e2, … that were said so many ms before its database knows what was posted. */
  async function restored({ ages, attempted = [], found = [], session = {} }: Restored) {
    const { db } = await open();
    const messages = createSessionMessages(db);
    const rows = ages.map((ageMs, index) => {
      const saidAt = new Date(KNOWN_SINCE.getTime() - ageMs);
      return { eventId: `e${index + 1}`, source: 'devin', text: '', state: 'pending' as const, saidAt };
    });
    await messages.add('s', rows);
    await db
      .updateTable('sessionMessages')
      .set({ attemptedAt: KNOWN_SINCE })
      .where('eventId', 'in', ['', ...attempted])
      .execute();
    const posted: string[] = [];
    let reads = 0;
    const deps: RelayDeps = {
      ...quietly(),
      sessions: {
        find: async () => Promise.resolve(sessionRow({ sessionId: 's', threadTs: '1.0', ...session })),
        change: async () => Promise.resolve(),
      },
      messages,
      metadata: {
        read: async () => ((reads += 1), Promise.resolve({ messages: found, threads: [] })),
      },
      knownSince: KNOWN_SINCE,
      postMessage: async (_session, row) => {
        posted.push(row.eventId);
        await messages.settle(row, '1.1');
        return { kind: 'posted', ts: '1.1' };
      },
    };
    return { deps, outcome: () => ({ posted, reads }) };
  }

  const AGES = [60_000, 1, -60_000];

  test.each<[string, Restored, string[], number]>([
    ['posts what follows the last message in its thread', { ages: AGES, found: shown('e2') }, ['e3'], 1],
    ['posts everything if its thread has none of it', { ages: AGES }, ['e1', 'e2', 'e3'], 1],
    [
      "doesn't take another's messages for its own",
      { ages: AGES, found: shown('e2', 'other') },
      ['e1', 'e2', 'e3'],
      1,
    ],
    [
      'leaves a message that was attempted to the search for it',
      { ages: AGES, attempted: ['e1'], found: shown('e2') },
      ['e1', 'e3'],
      1,
    ],
    ["doesn't search for what is new", { ages: [0], found: shown('e1') }, ['e1'], 0],
    ["doesn't search if nothing waits", { ages: [] }, [], 0],
    ["doesn't search without a thread", { ages: AGES, session: { threadTs: '' } }, [], 0],
    ["doesn't search if its words stay out of the thread", { ages: AGES, session: { synced: false } }, [], 0],
  ])('%s', async (_what, given, posted, reads) => {
    const { deps, outcome } = await restored(given);
    await createRelayFromDevin(deps)('s', new AbortController().signal);
    expect(outcome()).toEqual({ posted, reads });
  });

  test('posts nothing until Slack shows its thread', async () => {
    const { deps, outcome } = await restored({ ages: AGES });
    const relay = createRelayFromDevin({
      ...deps,
      metadata: { read: async () => Promise.reject(new WebAPIRateLimitedError(7)) },
    });
    expect(await relay('s', new AbortController().signal)).toBe(7000);
    expect(outcome().posted).toEqual([]);
  });
});
