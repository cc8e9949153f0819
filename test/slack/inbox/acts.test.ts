import { expect, test } from 'vitest';
import { moveReply } from '../../../src/converse/send-reply.ts';
import { correctReply, retractReply, type RepliesContext } from '../../../src/slack/inbox/acts.ts';
import { createReplies } from '../../../src/store/replies.ts';
import { useEmbedded } from '../../support/databases.ts';
import { requestRow } from '../../support/request-row.ts';
import { sessionRow } from '../../support/session-row.ts';

const open = useEmbedded();

const said = { userId: 'U1', ts: '2.0' };

/** A message in a thread, and what becomes of it. */
async function setUp() {
  const { db } = await open();
  const replies = createReplies(db);
  const jobs: string[] = [];
  const session = sessionRow({ sessionId: 's', teamId: 'T1', channelId: 'C1', threadTs: '1.0' });
  const request = requestRow({ id: session.requestId, teamId: 'T1' });
  const context: RepliesContext = {
    store: { db, replies },
    enqueue: async (name) => void (await Promise.resolve(jobs.push(name))),
  };
  const { sessionId, teamId, channelId } = session;
  const place = { sessionId, teamId, userId: 'U1', channelId, messageTs: said.ts };
  await replies.insert({ id: 'one', dedupeKey: 'one', ...place, kind: 'reply', text: 'use main', files: [] });
  return {
    replies,
    jobs,
    /** As the relay does. */
    move: async (step: Parameters<typeof moveReply>[2]) => {
      const reply = await replies.find('one');
      const messages = { answer: async () => Promise.resolve() };
      const moving = { store: { db, replies, messages }, enqueue: async () => Promise.resolve() };
      return reply !== null && moveReply(moving, { reply, session }, step);
    },
    edit: async (text: string, editedTs: string, userId = said.userId) =>
      correctReply(context, {
        thread: { request, session },
        channelId,
        ...said,
        userId,
        text,
        editedTs,
        original: null,
      }),
    /** `editedTs` left out: it is deleted. */
    retract: async (editedTs?: string) =>
      retractReply(context, { teamId, channelId, ts: said.ts, ...(editedTs !== undefined && { editedTs }) }),
    send: async () =>
      replies.move({ id: 'one', from: ['accepted'], to: 'sending', changes: { sentAt: 'now' } }),
    deliver: async () => replies.move({ id: 'one', from: ['sending'], to: 'delivered' }),
    next: async () => {
      const reply = await replies.nextOpen(sessionId);
      return reply === null ? null : [reply.kind, reply.text];
    },
  };
}

test('a deleted message goes to Devin neither as it was first nor as it was corrected', async () => {
  const { replies, send, edit, retract, next } = await setUp();
  await send();
  await edit('less secret', '3.0');
  // Devin was too busy for it.
  await replies.move({ id: 'one', from: ['sending'], to: 'accepted', changes: { sentAt: null } });
  await retract();
  expect(await next()).toBeNull();
});

test("a message is not corrected in another person's name", async () => {
  const { send, deliver, edit, next } = await setUp();
  await edit('use release', '3.0', 'U2');
  expect(await next()).toEqual(['reply', 'use main']);
  await send();
  await deliver();
  await edit('use release', '4.0', 'U2');
  expect(await next()).toBeNull();
});

test('a message that is deleted on its way is not corrected by an edit that Slack delivers after that', async () => {
  const { send, deliver, edit, retract, next } = await setUp();
  await send();
  await retract();
  await edit('use release', '4.0');
  await deliver();
  expect(await next()).toBeNull();
});

test.each(['accepted', 'failed', 'unknown'] as const)(
  'a message that was edited on its way and ends up %s says what the edit says, in its place',
  async (to) => {
    const { replies, move, send, edit } = await setUp();
    await send();
    await edit('use dev', '3.0');
    await edit('use release', '4.0');
    await move({ from: ['sending'], to });
    expect(await replies.find('one')).toMatchObject({ state: to, kind: 'reply', text: 'use release' });
    await replies.resend('one');
    // Slack delivers it again.
    await edit('use release', '4.0');
    const open = await replies.nextOpen('s');
    expect(open).toMatchObject({ id: 'one', text: 'use release' });
    await replies.move({ id: 'one', from: ['accepted'], to: 'delivered' });
    expect(await replies.nextOpen('s')).toBeNull();
  },
);

test('a message that was edited to words for people stays with them', async () => {
  const { replies, send, edit, retract, next } = await setUp();
  await send();
  await replies.move({ id: 'one', from: ['sending'], to: 'unknown' });
  await retract('3.0');
  await edit('use release', '4.0');
  expect(await next()).toBeNull();
});
