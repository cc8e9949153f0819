import { expect, test } from 'vitest';
import { createReplySender } from '../../src/converse/send-reply.ts';
import type { SessionMessageRequest } from '../../src/devin/sessions.ts';
import { createReplies } from '../../src/store/replies.ts';
import { useEmbedded } from '../support/databases.ts';
import { copyStarted } from '../support/folders.ts';
import { heldLease } from '../support/lease.ts';
import { requestRow } from '../support/request-row.ts';
import { sessionRow } from '../support/session-row.ts';
import { sessionSnapshot } from '../support/session-snapshot.ts';

const open = useEmbedded(copyStarted);
const unneeded = async (): Promise<never> => Promise.reject(new Error('not needed'));

test.each([
  [true, ['use main'], 'delivered'],
  [false, [], 'accepted'],
])(
  'a reply is sent if its lease is fresh after saving that it is on its way: %s',
  async (isFresh, heard, state) => {
    const { db } = await open();
    const replies = createReplies(db);
    const place = { sessionId: 's', teamId: 'T1', userId: 'U1', channelId: 'C1', messageTs: null };
    await replies.insert({ id: 'y', dedupeKey: 'y', ...place, kind: 'reply', text: 'use main', files: [] });
    const reply = await replies.find('y');
    if (reply === null) throw new Error('the reply is gone');
    const sent: SessionMessageRequest[] = [];
    const { send } = createReplySender({
      files: { find: unneeded, open: unneeded },
      upload: unneeded,
      nameMentions: async (text) => Promise.resolve(text),
      nameOf: async () => Promise.resolve('Ana'),
      sendMessage: async (id, request) => {
        sent.push(request);
        return Promise.resolve(sessionSnapshot(id));
      },
      getSession: unneeded,
      recordAnswer: async () => Promise.resolve(),
      settle: unneeded,
      notifyLeftOut: unneeded,
      move: async (step) => replies.move(step),
      mayFallBack: false,
      now: Date.now,
    });
    await send({
      session: sessionRow({ sessionId: 's', requestId: 'r', threadTs: '1.0' }),
      request: requestRow({ id: 'r' }),
      reply,
      identity: { kind: 'matched', devinUserId: 'user-1', name: 'Ana', how: 'email', checkedAtMs: 0 },
      signal: new AbortController().signal,
      lease: { ...heldLease, isFresh: () => isFresh },
    });
    expect(sent.map(({ message }) => message)).toEqual(heard);
    expect((await replies.find('y'))?.state).toBe(state);
  },
);
