import { expect, test } from 'vitest';
import { createEchoes, createReplies } from '../../src/store/replies.ts';
import { useEmbedded } from '../support/databases.ts';

const open = useEmbedded();

test.each([
  ['as it was sent', 'see the log', 'one'],
  ['with spaces around it', '\n see the log ', 'one'],
  ['with its files named', 'see the log\n\nATTACHMENT:"https://api.devin.ai/log.txt"', 'one'],
  ['with other words', 'see the log now', null],
])("recognizes a reply in Devin's list %s", async (_how, text, id) => {
  const { db } = await open();
  const replies = createReplies(db);
  const place = { sessionId: 's', teamId: 'T1', userId: 'U1', channelId: 'C1', messageTs: null };
  await replies.insert({ id: 'one', dedupeKey: 'one', ...place, kind: 'reply', text: 'see', files: [] });
  const changes = { sentAt: 'now', sentText: 'see the log' } as const;
  await replies.move({ id: 'one', from: ['accepted'], to: 'sending', changes });
  const found = await createEchoes(db).recognize({ sessionId: 's', eventId: 'e1', text });
  expect(found?.id ?? null).toBe(id);
});

test('recognizes a reply that was withdrawn while nobody knew if Devin had it', async () => {
  const { db } = await open();
  const replies = createReplies(db);
  const place = { sessionId: 's', teamId: 'T1', userId: 'U1', channelId: 'C1', messageTs: '1.1' };
  await replies.insert({ id: 'one', dedupeKey: 'one', ...place, kind: 'reply', text: 'yes', files: [] });
  const changes = { sentAt: 'now', sentText: 'yes' } as const;
  await replies.move({ id: 'one', from: ['accepted'], to: 'unknown', changes });
  await replies.move({ id: 'one', from: ['unknown'], to: 'skipped' });
  const echo = { sessionId: 's', eventId: 'e1', text: 'yes' };
  expect((await createEchoes(db).recognize(echo))?.id).toBe('one');
});

test('sends a waiting reply even if the clock was set back', async () => {
  const { db } = await open();
  const replies = createReplies(db);
  const place = { sessionId: 's', teamId: 'T1', userId: 'U1', channelId: 'C1', messageTs: null };
  await replies.insert({ id: 'one', dedupeKey: 'one', ...place, kind: 'reply', text: 'yes', files: [] });
  expect(await replies.waiting(600_000)).toEqual([]);
  // Setting the clock back an hour is the same as doing all of this an hour later.
  const hence = new Date(Date.now() + 3_600_000);
  await db.updateTable('replies').set({ createdAt: hence }).execute();
  expect(await replies.waiting(600_000)).toEqual(['s']);
});
