import { expect, test } from 'vitest';
import { bareFacts, DevinError, type DevinErrorCode } from '../../src/devin/errors.ts';
import { createFetchMessages } from '../../src/follow/fetch-messages.ts';
import { messagePages } from '../../src/follow/index.ts';
import { effectivePreferences } from '../../src/session/preferences.ts';
import { shownEvent } from '../../src/session/reply.ts';
import { createCalls } from '../../src/store/calls.ts';
import { createEchoes } from '../../src/store/echoes.ts';
import { createMilestones } from '../../src/store/milestones.ts';
import { createReplies } from '../../src/store/replies.ts';
import { createSessionMessages } from '../../src/store/session-messages.ts';
import { createSessions } from '../../src/store/sessions.ts';
import { page, startDevin } from '../devin/local-api.ts';
import { useEmbedded } from '../support/databases.ts';
import { requestRow } from '../support/request-row.ts';
import { sessionRow } from '../support/session-row.ts';

const open = useEmbedded();

/** Devin's pages by their cursors. A page that is asked for twice fails the test. */
async function cursorsOf(pages: Record<string, string | null>): Promise<(string | null)[]> {
  const asked = new Set<string>();
  const read = messagePages(
    async (_id, { after }) => {
      const cursor = after ?? '';
      if (asked.has(cursor)) throw new Error(`the page after "${cursor}" was read twice`);
      asked.add(cursor);
      return Promise.resolve({ items: [], endCursor: pages[cursor] ?? null, hasNextPage: true });
    },
    's',
    { after: null },
  );
  const cursors: (string | null)[] = [];
  for await (const { endCursor } of read) cursors.push(endCursor);
  return cursors;
}

test("a session's messages are read up to the page without a cursor", async () => {
  expect(await cursorsOf({ '': 'a', a: 'b', b: null })).toEqual(['a', 'b', null]);
});

test("a session's messages are read up to a cursor that doesn't move", async () => {
  expect(await cursorsOf({ '': 'a', a: 'a' })).toEqual(['a', 'a']);
});

test("a session's messages are read up to a cursor that was there before", async () => {
  expect(await cursorsOf({ '': 'a', a: 'b', b: 'a' })).toEqual(['a', 'b', 'a']);
});

test('messages that are too large together are read a few at a time', async () => {
  const asked: (number | undefined)[] = [];
  const { messages } = await startDevin(({ query }) => {
    const first = Number(query.get('first'));
    asked.push(first);
    const count = Math.min(first, 20);
    const message = 'x'.repeat(1_000_000);
    const items = Array.from({ length: count }, (_, index) => ({
      event_id: `e${index}`,
      source: 'devin',
      message,
      created_at: 1,
    }));
    return { json: page(items) };
  });
  const counts: number[] = [];
  for await (const { items } of messagePages(messages.list, 's', {})) counts.push(items.length);
  expect(counts).toEqual([10]);
  expect(asked).toEqual([100, 10]);
});

/** The cursors that are asked for if Devin answers the one that is known with this. */
async function askedAfter(code: DevinErrorCode): Promise<(string | null | undefined)[]> {
  const asked: (string | null | undefined)[] = [];
  const read = messagePages(
    async (_id, { after }) => {
      asked.push(after);
      if (after === 'old') throw new DevinError({ operation: 'messages.list', facts: bareFacts(code) });
      return Promise.resolve({ items: [], endCursor: null, hasNextPage: false });
    },
    's',
    { after: 'old' },
  );
  await read.next().catch(() => undefined);
  return asked;
}

test.each(['invalid-request', 'not-found', 'conflict', 'unexpected'] as const)(
  "a session's messages are read from the start if Devin answers a cursor with %s",
  async (code) => {
    expect(await askedAfter(code)).toEqual(['old', null]);
  },
);

test.each(['unavailable', 'rate-limited', 'forbidden'] as const)(
  'an answer that says nothing about the cursor is not asked for again: %s',
  async (code) => {
    expect(await askedAfter(code)).toEqual(['old']);
  },
);

test('an answer from a box that nobody knew to be delivered is shown in the thread once Devin lists it', async () => {
  const { db } = await open();
  const replies = createReplies(db);
  const messages = createSessionMessages(db);
  const place = { sessionId: 's', teamId: 'T1', userId: 'U2', channelId: 'C1', messageTs: null };
  const said = { ...place, kind: 'reply', text: 'the second one' } as const;
  await replies.insert({ id: 'one', dedupeKey: 'one', ...said, files: [], via: 'box' });
  const changes = { sentAt: 'now', sentText: said.text } as const;
  await replies.move({ id: 'one', from: ['accepted'], to: 'unknown', changes });
  const listed = [
    { eventId: 'e1', source: 'user', message: 'the task', createdAt: 0 },
    { eventId: 'e2', source: 'user', message: said.text, createdAt: 1 },
  ];
  const fetchMessages = createFetchMessages({
    store: {
      db,
      sessions: createSessions(db),
      milestones: createMilestones(db),
      calls: createCalls(db),
      messages,
      replies,
      echoes: createEchoes(db),
      settings: { preferencesFor: async () => Promise.resolve(effectivePreferences({})) },
    },
    listMessages: async () => Promise.resolve({ items: listed, endCursor: null, hasNextPage: false }),
    enqueue: async () => Promise.resolve(),
  });
  const session = sessionRow({ sessionId: 's', requestId: 'r' });
  await fetchMessages({ session, request: requestRow({ id: 'r' }) }, new AbortController().signal);
  expect((await replies.find('one'))?.state).toBe('delivered');
  expect((await messages.nextPending('s'))?.eventId).toBe(shownEvent('one'));
});

test('a question is looked for once all messages are read, in case Devin went on after a page of them', async () => {
  const { db } = await open();
  const messages = createSessionMessages(db);
  const session = sessionRow({ sessionId: 's', requestId: 'r', phase: 'needs-you' });
  const said = (eventId: string, message: string) => ({ eventId, source: 'devin', message, createdAt: 1 });
  const added: string[] = [];
  const lastWhenAsked: (string | undefined)[] = [];
  const fetchMessages = createFetchMessages({
    store: {
      db,
      sessions: { change: async () => Promise.resolve(), lock: async () => Promise.resolve(session) },
      milestones: { add: async (_id, keys) => Promise.resolve(void added.push(...keys)) },
      calls: {
        isMissing: async (_id, trx) => {
          const stored = await trx.selectFrom('sessionMessages').select('eventId').orderBy('seq').execute();
          lastWhenAsked.push(stored.at(-1)?.eventId);
          return true;
        },
      },
      messages,
      replies: createReplies(db),
      echoes: createEchoes(db),
      settings: { preferencesFor: async () => Promise.resolve(effectivePreferences({})) },
    },
    listMessages: async (_id, { after }) =>
      Promise.resolve(
        after === null
          ? { items: [said('e1', 'main or release?')], endCursor: 'a', hasNextPage: true }
          : { items: [said('e2', 'With docs?')], endCursor: null, hasNextPage: false },
      ),
    enqueue: async () => Promise.resolve(),
  });
  await fetchMessages({ session, request: requestRow({ id: 'r' }) }, new AbortController().signal);
  expect(lastWhenAsked).toEqual(['e2']);
  expect(added).toEqual(['needs-you:1']);
});
