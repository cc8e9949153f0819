import { WebAPIRateLimitedError } from '@slack/web-api';
import { describe, expect, test } from 'vitest';
import { createPostPending, RELAY_TIMES } from '../../src/follow/post-pending.ts';
import { createLog } from '../../src/log.ts';
import { messageMetadata, readMetadata } from '../../src/slack/metadata.ts';
import type { FoundMessage } from '../../src/slack/posted-messages.ts';
import { createSessionMessages, type MessageRow } from '../../src/store/session-messages.ts';
import { MOST_FAILURES } from '../../src/store/set-aside.ts';
import { en } from '../../src/text/en.ts';
import { useEmbedded } from '../support/databases.ts';
import { heldLease as lease } from '../support/lease.ts';
import { requestRow } from '../support/request-row.ts';
import { sessionRow } from '../support/session-row.ts';

type PendingDeps = Parameters<typeof createPostPending>[0];

const context = { signal: new AbortController().signal, lease };

/** A session for which no message waits. */
function quietly(): PendingDeps {
  return {
    store: {
      sessions: {
        find: async () => Promise.resolve(sessionRow({ sessionId: 's', threadTs: '1.0' })),
        change: async () => Promise.resolve(),
      },
      requests: { find: async () => Promise.resolve(requestRow()) },
      messages: {
        nextPending: async () => Promise.resolve(null),
        leaveOutPending: async () => Promise.resolve(),
        skip: async () => Promise.resolve(),
        skipThrough: async () => Promise.resolve(),
      },
      calls: { part: async () => Promise.resolve() },
      setAside: { note: async () => Promise.resolve(1), clear: async () => Promise.resolve() },
    },
    metadata: { read: async () => Promise.resolve({ messages: [], threads: [] }) },
    knownSince: () => new Date(0),
    postMessage: async () => Promise.resolve({ kind: 'posted', ts: '1.1' }),
    outbound: { tellPrivately: async () => Promise.resolve('delivered') },
    times: RELAY_TIMES,
    now: Date.now,
    textFor: async () => Promise.resolve(en),
    log: createLog('silent'),
  };
}

/** A message that waits. */
const waiting = (eventId: string): MessageRow => {
  const row = { text: 'a', slackFileId: null, attemptedAt: null, source: 'devin', saidAt: new Date(0) };
  return { ...row, sessionId: 's', eventId };
};

test.each([
  ["Slack doesn't confirm it", 9, { kind: 'unclear' }, true, RELAY_TIMES.unclearMs],
  ['Slack has not confirmed it for long', 10, { kind: 'unclear' }, false, 60_000],
  ['Slack asks for a pause, however long', 60, { kind: 'rate-limited', retryAfterMs: 7000 }, true, 7000],
  ['it is put off', 1, { kind: 'put-off', afterMs: 5000 }, false, 5000],
  ['the thread takes nothing', 1, { kind: 'refused', code: 'is_archived' }, false, RELAY_TIMES.troubleMs],
  ['the thread has taken nothing for a day', 25 * 60, { kind: 'refused', code: 'is_archived' }, false, null],
] as const)(
  'a message that waits holds up notices or not: %s',
  async (_what, minutes, outcome, isBusy, againMs) => {
    const attemptedAt = new Date(Date.now() - minutes * 60_000);
    const row = { ...waiting('e1'), attemptedAt };
    const post = createPostPending({
      ...quietly(),
      store: {
        ...quietly().store,
        messages: { ...quietly().store.messages, nextPending: async () => Promise.resolve(row) },
      },
      postMessage: async () => Promise.resolve(outcome),
    });
    expect(await post('s', context)).toEqual({ isBusy, againMs });
  },
);

test.each([
  ['is tried again', MOST_FAILURES - 1, []],
  [
    'is left out in the end, and the call in it waits for a message of its own',
    MOST_FAILURES,
    ['part e1', 'skip e1'],
  ],
])('a message that fails %s', async (_what, failures, done) => {
  const rows = [waiting('e1')];
  const did: string[] = [];
  const post = createPostPending({
    ...quietly(),
    store: {
      ...quietly().store,
      messages: {
        ...quietly().store.messages,
        nextPending: async () => Promise.resolve(rows[0] ?? null),
        skip: async ({ eventId }) => {
          did.push(`skip ${eventId}`);
          rows.pop();
          return Promise.resolve();
        },
      },
      calls: {
        part: async (_id, eventId) => void (await Promise.resolve(did.push(`part ${eventId}`))),
      },
      setAside: { note: async () => Promise.resolve(failures), clear: async () => Promise.resolve() },
    },
    postMessage: async () => Promise.reject(new Error('no')),
  });
  const failed = await post('s', context).then(
    () => false,
    () => true,
  );
  expect({ failed, did }).toEqual({ failed: done.length === 0, did: done });
});

test("a message whose posting was interrupted isn't counted as failed", async () => {
  const stopping = new AbortController();
  let failures = 0;
  const post = createPostPending({
    ...quietly(),
    store: {
      ...quietly().store,
      messages: { ...quietly().store.messages, nextPending: async () => Promise.resolve(waiting('e1')) },
      setAside: { ...quietly().store.setAside, note: async () => Promise.resolve((failures += 1)) },
    },
    postMessage: async () => {
      stopping.abort();
      return Promise.reject(new Error('no'));
    },
  });
  await expect(post('s', { signal: stopping.signal, lease })).rejects.toThrow('no');
  expect(failures).toBe(0);
});

test('the requester hears once that a thread takes no messages, as soon as Slack takes the notice', async () => {
  let session = sessionRow();
  let told = 0;
  const post = createPostPending({
    ...quietly(),
    store: {
      ...quietly().store,
      sessions: {
        find: async () => Promise.resolve(session),
        change: async (_id, changes) => {
          session = { ...session, threadTrouble: changes.threadTrouble ?? null };
          return Promise.resolve();
        },
      },
      messages: { ...quietly().store.messages, nextPending: async () => Promise.resolve(waiting('e1')) },
    },
    postMessage: async () => Promise.resolve({ kind: 'refused', code: 'is_archived' }),
    outbound: {
      tellPrivately: async () => {
        told += 1;
        return Promise.resolve(told === 1 ? 'retryable' : 'delivered');
      },
    },
  });
  await post('s', context);
  await post('s', context);
  await post('s', context);
  expect(told).toBe(2);
});

describe('after a restored backup, a session', () => {
  const open = useEmbedded();
  const KNOWN_SINCE = new Date(1_000_000);
  /** Slack's clock is a little behind the one of `AGES`. */
  const SHOWN_AT = '939.0';

  function shown(eventId: string, sessionId = 's'): FoundMessage[] {
    const metadata = readMetadata(messageMetadata(sessionId, eventId, 0));
    return metadata === null ? [] : [{ ts: SHOWN_AT, threadTs: '1.0', text: '', metadata }];
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
    const deps: PendingDeps = {
      ...quietly(),
      store: {
        ...quietly().store,
        sessions: {
          find: async () => Promise.resolve(sessionRow({ sessionId: 's', threadTs: '1.0', ...session })),
          change: async () => Promise.resolve(),
        },
        messages,
      },
      metadata: {
        read: async (_place, { fromS }) => {
          reads += 1;
          const messages = found.filter(({ ts }) => Number(ts) >= fromS);
          return Promise.resolve({ messages, threads: [] });
        },
      },
      knownSince: () => KNOWN_SINCE,
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
    [
      'leaves one that was attempted to the search for it, whatever follows it in the thread',
      { ages: [60_000, 30_000, 1], attempted: ['e2'], found: shown('e3') },
      ['e2'],
      1,
    ],
    ["doesn't search for what is new", { ages: [0], found: shown('e1') }, ['e1'], 0],
    ["doesn't search if nothing waits", { ages: [] }, [], 0],
    ["doesn't search without a thread", { ages: AGES, session: { threadTs: '' } }, [], 0],
    ["doesn't search if its words stay out of the thread", { ages: AGES, session: { synced: false } }, [], 0],
  ])('%s', async (_what, given, posted, reads) => {
    const { deps, outcome } = await restored(given);
    await createPostPending(deps)('s', context);
    expect(outcome()).toEqual({ posted, reads });
  });

  test('posts nothing until Slack shows its thread', async () => {
    const { deps, outcome } = await restored({ ages: AGES });
    const post = createPostPending({
      ...deps,
      metadata: { read: async () => Promise.reject(new WebAPIRateLimitedError(7)) },
    });
    expect(await post('s', context)).toEqual({ isBusy: true, againMs: 7000 });
    expect(outcome().posted).toEqual([]);
  });
});
