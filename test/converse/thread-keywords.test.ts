import { expect, test } from 'vitest';
import { createApplyKeyword } from '../../src/converse/thread-keywords.ts';
import { createLog } from '../../src/log.ts';
import { createReplies } from '../../src/store/replies.ts';
import { useEmbedded } from '../support/databases.ts';
import { requestRow } from '../support/request-row.ts';
import { sessionRow } from '../support/session-row.ts';
import { unneeded } from '../support/unneeded.ts';

const open = useEmbedded();

test.each(['mute', 'stop'] as const)('two processes that find the same word do it once: %s', async (word) => {
  const { db } = await open();
  const replies = createReplies(db);
  const place = { sessionId: 's1', teamId: 'T1', userId: 'U1', channelId: 'C1', messageTs: '2.0' };
  await replies.insert({ id: 'y', dedupeKey: 'y', ...place, kind: word, text: word, files: [] });
  const reply = await replies.find('y');
  if (reply === null) throw new Error('the word is gone');
  const done: string[] = [];
  const apply = createApplyKeyword({
    store: {
      db,
      sessions: { find: unneeded, change: async () => void (await Promise.resolve(done.push('changed'))) },
      messages: { takeLeftOut: unneeded, add: unneeded },
      replies,
      threadNotices: { forget: async () => Promise.resolve() },
    },
    fetchMessages: unneeded,
    withLease: unneeded,
    enqueue: async (name) => void (await Promise.resolve(done.push(name))),
    now: Date.now,
    log: createLog('silent'),
  });
  const { signal } = new AbortController();
  const found = { session: sessionRow(), request: requestRow({ id: 'r1' }), reply };
  await apply(word, found, signal);
  const first = done.splice(0);
  await apply(word, found, signal);
  expect(first).toContain(word === 'stop' ? 'steer' : 'changed');
  expect(done).toEqual([]);
});
