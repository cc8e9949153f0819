import { expect, test } from 'vitest';
import { createReplies } from '../../src/store/replies.ts';
import { useEmbedded } from '../support/databases.ts';

const open = useEmbedded();

test('sends a waiting reply even if the clock was set back', async () => {
  const { db } = await open();
  const replies = createReplies(db);
  const place = { sessionId: 's', teamId: 'T1', userId: 'U1', channelId: 'C1', messageTs: null };
  await replies.insert({ id: 'one', dedupeKey: 'one', ...place, kind: 'reply', text: 'yes', files: [] });
  await replies.move({ id: 'one', from: ['accepted'], to: 'accepted', changes: { waitMs: 60_000 } });
  expect((await replies.nextOpen('s'))?.waitMs).toBeGreaterThan(50_000);
  expect(await replies.waiting(600_000)).toEqual([]);
  // Setting the clock back an hour is the same as doing all of this an hour later.
  const hence = new Date(Date.now() + 3_600_000);
  await db.updateTable('replies').set({ waitsSince: hence, notBefore: hence, createdAt: hence }).execute();
  expect((await replies.nextOpen('s'))?.waitMs).toBe(0);
  expect(await replies.waiting(600_000)).toEqual(['s']);
});
