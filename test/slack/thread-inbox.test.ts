import { expect, test } from 'vitest';
import { createThreadInbox } from '../../src/slack/thread-inbox.ts';
import { createReplies } from '../../src/store/replies.ts';
import { useEmbedded } from '../support/databases.ts';
import { sessionRow } from '../support/session-row.ts';

const open = useEmbedded();

test('a deleted message goes to Devin neither as it was first nor as it was corrected', async () => {
  const { db } = await open();
  const replies = createReplies(db);
  const threads = createThreadInbox({
    commit: async (work) => db.transaction().execute(work),
    requests: { find: async () => Promise.resolve(null), isUnderCard: async () => Promise.resolve(false) },
    settings: { preferencesFor: async () => Promise.reject(new Error('nobody asks for settings')) },
    replies,
    enqueue: async () => Promise.resolve(),
  });
  const session = sessionRow({ sessionId: 's', teamId: 'T1', channelId: 'C1', threadTs: '1.0' });
  const { sessionId, teamId, channelId } = session;
  const said = { userId: 'U1', ts: '2.0' };
  const place = { sessionId, teamId, userId: 'U1', channelId, messageTs: said.ts };
  await replies.insert({ id: 'one', dedupeKey: 'one', ...place, kind: 'reply', text: 'secret', files: [] });

  await replies.move({ id: 'one', from: ['accepted'], to: 'sending', changes: { sentAt: 'now' } });
  await threads.correct({ session, ...said, text: 'less secret', editedTs: '3.0', isTask: false });
  // Devin was too busy for it.
  await replies.move({ id: 'one', from: ['sending'], to: 'accepted', changes: { sentAt: null } });
  await threads.retract({ teamId, channelId, ts: said.ts });

  expect(await replies.nextOpen(sessionId)).toBeNull();
});
