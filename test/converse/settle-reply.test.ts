import { expect, test } from 'vitest';
import { createMoveReply } from '../../src/converse/relay.ts';
import { createSettleReply } from '../../src/converse/settle-reply.ts';
import { createLog } from '../../src/log.ts';
import { createSearchUntilFound } from '../../src/queue/index.ts';
import { createAudit } from '../../src/store/audit.ts';
import { createEchoes } from '../../src/store/echoes.ts';
import { createReplies } from '../../src/store/replies.ts';
import { useEmbedded } from '../support/databases.ts';
import { heldLease } from '../support/lease.ts';
import { requestRow } from '../support/request-row.ts';
import { sessionRow } from '../support/session-row.ts';
import { unneeded } from '../support/unneeded.ts';

const open = useEmbedded();
const SESSION = sessionRow({ sessionId: 's', requestId: 'r', threadTs: '1.0' });
const REQUEST = requestRow({ id: 'r' });

type Given = {
  listed: string[];
  seen?: string | null;
  source?: string;
  /** Another process has found it by now. */
  foundBefore?: string;
  /** The app stops during the search. */
  isStopping?: boolean;
};

/** The second of two replies with the same words was not answered, and Devin lists these messages. */
async function settle({ listed, seen = null, source = 'user', foundBefore, isStopping = false }: Given) {
  const { db } = await open();
  const [replies, echoes] = [createReplies(db), createEchoes(db)];
  let shown = 0;
  for (const id of ['first', 'second']) {
    const place = { sessionId: 's', teamId: 'T1', userId: 'U1', channelId: 'C1', messageTs: null };
    await replies.insert({ id, dedupeKey: id, ...place, kind: 'reply', text: 'yes', files: [], via: 'box' });
    await replies.move({
      id,
      from: ['accepted'],
      to: 'sending',
      changes: { sentAt: 'now', sentText: 'yes' },
    });
  }
  await replies.move({ id: 'first', from: ['sending'], to: 'delivered', changes: { eventId: seen } });
  const settleReply = createSettleReply({
    store: { replies, echoes },
    listMessages: async () =>
      Promise.resolve({
        items: listed.map((id) => ({ eventId: id, source, message: 'yes', createdAt: 0 })),
        endCursor: null,
        hasNextPage: false,
      }),
    move: createMoveReply({
      store: { db, replies, messages: { add: async () => void (await Promise.resolve((shown += 1))) } },
      enqueue: async () => Promise.resolve(),
    }),
    now: Date.now,
    searchUntilFound: createSearchUntilFound({
      searchPausesMs: [0, 1],
      log: createLog('silent'),
    }),
  });
  const second = await replies.find('second');
  if (second === null) throw new Error('the reply is gone');
  if (foundBefore !== undefined)
    await echoes.recognize({ sessionId: 's', eventId: foundBefore, text: 'yes' });
  const signal = isStopping ? AbortSignal.abort(new Error('the app stops')) : new AbortController().signal;
  const settling = settleReply({ session: SESSION, reply: second, request: REQUEST }, signal);
  const thrown = await settling.then(
    () => null,
    (error: unknown) => error,
  );
  const settled = await replies.find('second');
  return { state: settled?.state, eventId: settled?.eventId, shown, thrown };
}

test('ignores a message that belongs to an earlier reply', async () => {
  expect(await settle({ listed: ['e1'] })).toMatchObject({ state: 'unknown', eventId: null });
});

test('recognizes the reply in one more message with the same text', async () => {
  expect(await settle({ listed: ['e1', 'e2'] })).toMatchObject({ state: 'delivered', eventId: 'e2' });
  expect(await settle({ listed: ['e1', 'e2'], seen: 'e1' })).toMatchObject({
    state: 'delivered',
    eventId: 'e2',
  });
  expect(await settle({ listed: ['e1'], seen: 'e1' })).toMatchObject({ state: 'unknown', eventId: null });
});

test("takes none of Devin's own words for a reply", async () => {
  const settled = await settle({ listed: ['e1', 'e2'], source: 'devin' });
  expect(settled).toMatchObject({ state: 'unknown', eventId: null });
});

test('recognizes the reply in what another process has found', async () => {
  expect(await settle({ listed: ['e1', 'e2'], seen: 'e1', foundBefore: 'e2' })).toMatchObject({
    state: 'delivered',
    eventId: 'e2',
  });
});

test('shows what was said in a dialog in the thread once it is found', async () => {
  expect(await settle({ listed: ['e1', 'e2'] })).toMatchObject({ state: 'delivered', shown: 1 });
  expect(await settle({ listed: ['e1'] })).toMatchObject({ state: 'unknown', shown: 0 });
});

test('leaves a reply to the next start if the app stops during the search', async () => {
  const settled = await settle({ listed: [], isStopping: true });
  expect(settled).toMatchObject({ state: 'sending', thrown: new Error('the app stops') });
});

test.each([
  ['delivered', false, ['reply', 'delivered']],
  ['delivered', true, ['wake', 'delivered']],
  ['unknown', false, ['reply', 'unknown']],
] as const)('records what Devin has or may have, and what woke it: %s, %s', async (to, wakes, recorded) => {
  const { db } = await open();
  const replies = createReplies(db);
  const place = { sessionId: 's', teamId: 'T1', userId: 'U1', channelId: 'C1', messageTs: null };
  await replies.insert({ id: 'y', dedupeKey: 'y', ...place, kind: 'reply', text: 'yes', files: [] });
  const enqueue = async () => Promise.resolve();
  const move = createMoveReply({ store: { db, replies, messages: { add: unneeded } }, enqueue });
  await move({ id: 'y', from: ['accepted'], to: 'sending' });
  await move({ id: 'y', from: ['sending'], to, as: 'user-1', wakes });
  const entries: unknown[] = [];
  for await (const { kind, result, devinUserId } of createAudit(db).entries())
    entries.push([kind, result, devinUserId]);
  expect(entries).toEqual([[...recorded, 'user-1']]);
});

test('moves nothing once another process has taken over', async () => {
  const { db } = await open();
  const replies = createReplies(db);
  const place = { sessionId: 's', teamId: 'T1', userId: 'U1', channelId: 'C1', messageTs: null };
  await replies.insert({ id: 'y', dedupeKey: 'y', ...place, kind: 'reply', text: 'yes', files: [] });
  const move = createMoveReply({ store: { db, replies, messages: { add: unneeded } }, enqueue: unneeded });
  const lost = { ...heldLease, fence: async () => Promise.reject(new Error('taken over')) };
  await expect(move({ id: 'y', from: ['accepted'], to: 'sending' }, lost)).rejects.toThrow('taken over');
  expect((await replies.find('y'))?.state).toBe('accepted');
});
