import { expect, test } from 'vitest';
import { createSettleReply } from '../../src/converse/move-reply.ts';
import { createLog } from '../../src/log.ts';
import { createSearchUntilFound } from '../../src/queue/index.ts';
import { createEchoes } from '../../src/store/echoes.ts';
import { createReplies } from '../../src/store/replies.ts';
import { useEmbedded } from '../support/databases.ts';
import { requestRow } from '../support/request-row.ts';
import { sessionRow } from '../support/session-row.ts';

const open = useEmbedded();
const SESSION = sessionRow({ sessionId: 's', requestId: 'r', threadTs: '1.0' });
const REQUEST = requestRow({ id: 'r' });

/** The second of two replies with the same words was not answered, and Devin lists these messages. */
async function settle({ listed, seen = null }: { listed: string[]; seen?: string | null }) {
  const { db } = await open();
  const replies = createReplies(db);
  for (const id of ['first', 'second']) {
    const place = { sessionId: 's', teamId: 'T1', userId: 'U1', channelId: 'C1', messageTs: null };
    await replies.insert({ id, dedupeKey: id, ...place, kind: 'reply', text: 'yes', files: [] });
    await replies.move({
      id,
      from: ['accepted'],
      to: 'sending',
      changes: { sentAt: 'now', sentText: 'yes' },
    });
  }
  await replies.move({ id: 'first', from: ['sending'], to: 'delivered', changes: { eventId: seen } });
  const settleReply = createSettleReply({
    replies,
    echoes: createEchoes(db),
    listMessages: async () =>
      Promise.resolve({
        items: listed.map((id) => ({ eventId: id, source: 'user', message: 'yes', createdAt: 0 })),
        endCursor: null,
        hasNextPage: false,
      }),
    move: async (step) => replies.move(step),
    now: Date.now,
    searchUntilFound: createSearchUntilFound({
      sleep: async () => Promise.resolve(true),
      recheckDelaysMs: [0, 1],
      log: createLog('silent'),
    }),
  });
  const second = await replies.find('second');
  if (second === null) throw new Error('the reply is gone');
  await settleReply({ session: SESSION, reply: second, request: REQUEST }, new AbortController().signal);
  const settled = await replies.find('second');
  return { state: settled?.state, eventId: settled?.eventId };
}

test('ignores a message that belongs to an earlier reply', async () => {
  expect(await settle({ listed: ['e1'] })).toEqual({ state: 'unknown', eventId: null });
});

test('recognizes the reply in one more message with the same text', async () => {
  expect(await settle({ listed: ['e1', 'e2'] })).toEqual({ state: 'delivered', eventId: 'e2' });
  expect(await settle({ listed: ['e1', 'e2'], seen: 'e1' })).toEqual({ state: 'delivered', eventId: 'e2' });
  expect(await settle({ listed: ['e1'], seen: 'e1' })).toEqual({ state: 'unknown', eventId: null });
});
