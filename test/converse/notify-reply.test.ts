import { expect, test } from 'vitest';
import { createReplyNotifier } from '../../src/converse/notify-reply.ts';
import { createReplies } from '../../src/store/replies.ts';
import { useEmbedded } from '../support/databases.ts';
import { requestRow } from '../support/request-row.ts';
import { sessionRow } from '../support/session-row.ts';

const open = useEmbedded();
const unneeded = async (): Promise<never> => Promise.reject(new Error('not needed'));

/** An earlier run may have added the reaction after it was removed, and died. */
test.each(['delivered', 'failed', 'unknown', 'skipped'] as const)(
  'a reply that is %s loses the reaction that it was taken when it is marked again',
  async (to) => {
    const replies = createReplies((await open()).db);
    const place = { sessionId: 's', teamId: 'T1', userId: 'U1', channelId: 'C1', messageTs: '1.1' };
    await replies.insert({ id: 'y', dedupeKey: 'y', ...place, kind: 'reply', text: 'use main', files: [] });
    await replies.move({ id: 'y', from: ['accepted'], to });
    const removed: string[] = [];
    const { markTaken } = createReplyNotifier({
      replies,
      sessions: { find: async () => Promise.resolve(sessionRow()) },
      requests: { find: async () => Promise.resolve(requestRow()) },
      forms: { insert: unneeded },
      notices: { isFirst: unneeded, forget: unneeded },
      check: unneeded,
      outbound: {
        react: unneeded,
        unreact: async (...reaction) => {
          removed.push(...reaction);
          return Promise.resolve({ kind: 'removed' });
        },
        tellPrivately: unneeded,
      },
      textFor: unneeded,
    });
    await markTaken('y');
    expect(removed).toEqual(['C1', '1.1', 'eyes']);
  },
);
