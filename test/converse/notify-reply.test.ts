import { expect, test } from 'vitest';
import { createReplyNotifier } from '../../src/converse/notify-reply.ts';
import type { ReplyFailure } from '../../src/session/reply.ts';
import { createTellOnce } from '../../src/slack/tell-once.ts';
import { createLeases } from '../../src/store/leases.ts';
import { createReplies, type ReplyStep } from '../../src/store/replies.ts';
import { createThreadNotices } from '../../src/store/thread-notices.ts';
import { en } from '../../src/text/en.ts';
import { useEmbedded } from '../support/databases.ts';
import { requestRow } from '../support/request-row.ts';
import { sessionRow } from '../support/session-row.ts';
import { unneeded } from '../support/unneeded.ts';

const open = useEmbedded();

type Deps = Parameters<typeof createReplyNotifier>[0];
type Outbound = Deps['outbound'];

type Given = {
  checked?: Awaited<ReturnType<Deps['check']>>;
  /** What the session was asked with. */
  asked?: Parameters<typeof requestRow>[0];
};

/** A reply that was moved so, and what tells its author; `move` moves it again. */
async function setUp(
  step: Pick<ReplyStep, 'to' | 'changes'> | null,
  outbound: Partial<Outbound>,
  { checked = { kind: 'allowed' }, asked = {} }: Given = {},
) {
  const { db } = await open();
  const replies = createReplies(db);
  const notices = createThreadNotices(db);
  const place = { sessionId: 's', teamId: 'T1', userId: 'U1', channelId: 'C1', messageTs: '1.1' };
  await replies.insert({ id: 'y', dedupeKey: 'y', ...place, kind: 'reply', text: 'use main', files: [] });
  const move = async (to: Pick<ReplyStep, 'to' | 'changes'>) =>
    replies.move({ id: 'y', from: ['accepted'], ...to });
  if (step !== null) await move(step);
  const removed: string[] = [];
  const forms: Parameters<Deps['store']['forms']['insert']>[0][] = [];
  const notifier = createReplyNotifier({
    store: {
      replies,
      sessions: { find: async () => Promise.resolve(sessionRow()) },
      requests: {
        find: async () =>
          Promise.resolve(requestRow({ userId: 'U9', hadSecrets: true, secretNames: ['TOKEN'], ...asked })),
      },
      forms: { insert: async (form) => void (await Promise.resolve(forms.push(form))) },
      threadNotices: notices,
    },
    tellOnce: createTellOnce({ leases: createLeases(db), notices }),
    check: async () => Promise.resolve(checked),
    outbound: {
      react: unneeded,
      unreact: async (...reaction) => {
        removed.push(...reaction);
        return Promise.resolve({ kind: 'removed' });
      },
      tellPrivately: unneeded,
      ...outbound,
    },
    textFor: async () => Promise.resolve(en),
  });
  return { ...notifier, replies, place, move, removed, forms };
}

const FILE = { id: 'F1', name: 'core.bin', mimetype: 'application/octet-stream', size: 1, url: null };

test.each([
  ['delivered', en.thread.leftOut],
  ['skipped', en.thread.notDelivered],
  ['unknown', en.thread.unknown],
] as const)('a reply that is %s names the files that Devin did not get', async (to, words) => {
  const told: string[] = [];
  const files = [
    { ...FILE, leftOut: 'too-large' as const },
    { ...FILE, name: 'log.txt' },
  ];
  const { notify } = await setUp(
    { to, changes: { files } },
    {
      react: async () => Promise.resolve({ kind: 'reacted' }),
      tellPrivately: async (_place, { text }) => {
        told.push(text);
        return Promise.resolve('delivered');
      },
    },
  );
  await notify({ replyId: 'y' });
  expect(told).toEqual([expect.stringContaining(words)]);
  expect(told[0]).toContain(en.notices.leftOut['too-large'](FILE.name));
  expect(told[0]).not.toContain('log.txt');
});

/** An earlier run may have added the reaction after it was removed, and died. */
test.each(['delivered', 'failed', 'unknown', 'skipped'] as const)(
  'a reply that is %s loses the reaction that it was taken when it is marked again',
  async (to) => {
    const { markTaken, removed } = await setUp({ to }, {});
    await markTaken({ replyId: 'y' });
    expect(removed).toEqual(['C1', '1.1', 'eyes']);
  },
);

test('a reply that ends while it is marked loses the reaction that it was taken', async () => {
  const { markTaken, move, removed } = await setUp(null, {
    react: async () => {
      await move({ to: 'delivered' });
      return { kind: 'reacted' };
    },
  });
  await markTaken({ replyId: 'y' });
  expect(removed).toEqual(['C1', '1.1', 'eyes']);
});

test('a message keeps the reaction while it is on its way to Devin', async () => {
  let reactions = 0;
  const { markTaken, removed } = await setUp(
    { to: 'sending' },
    {
      react: async () => {
        reactions += 1;
        return Promise.resolve({ kind: 'reacted' });
      },
    },
  );
  await markTaken({ replyId: 'y' });
  expect({ reactions, removed }).toEqual({ reactions: 1, removed: [] });
});

test.each(['rate-limited', 'unclear'] as const)(
  'the reaction that Devin has a message is added later if Slack is too busy: %s',
  async (kind) => {
    const { notify, removed } = await setUp(
      { to: 'delivered' },
      { react: async () => Promise.resolve({ kind, retryAfterMs: 1 }) },
    );
    await expect(notify({ replyId: 'y' })).rejects.toThrow("can't add the reaction");
    expect(removed).toEqual([]);
  },
);

test('a message gets no reaction if its author may not steer the session', async () => {
  const { markTaken } = await setUp(null, { react: unneeded }, { checked: { kind: 'requester-only' } });
  await expect(markTaken({ replyId: 'y' })).resolves.toBeUndefined();
});

test.each<[isOffered: boolean, failure: ReplyFailure]>([
  [true, { kind: 'gave-up', waiting: 'busy' }],
  [false, { kind: 'not-in-conversation' }],
])(
  'a reply that failed loses its mark, and can be sent again, unless its author may not: %s',
  async (isOffered, failure) => {
    let shown = '';
    const { notify, removed } = await setUp(
      { to: 'failed', changes: { failure } },
      {
        tellPrivately: async (_place, { blocks }) => {
          shown = JSON.stringify(blocks);
          return Promise.resolve('delivered');
        },
      },
    );
    await notify({ replyId: 'y' });
    expect(shown.includes('send_again')).toBe(isOffered);
    expect(removed).toEqual(['C1', '1.1', 'eyes']);
  },
);

test('a reply to a session that is over comes back in a form of its author, for their next session', async () => {
  const { notify, forms } = await setUp(
    { to: 'failed', changes: { failure: { kind: 'ended' } } },
    { tellPrivately: async () => Promise.resolve('delivered') },
  );
  await notify({ replyId: 'y' });
  expect(forms).toMatchObject([{ id: 'y', userId: 'U1', lostSecrets: ['TOKEN'] }]);
});

test('a person who keeps writing to a session that is over reads why once, and gets each message back', async () => {
  const told: string[] = [];
  let answer: 'retryable' | 'delivered' = 'retryable';
  const { notify } = await setUp(
    { to: 'failed', changes: { failure: { kind: 'ended' } } },
    { tellPrivately: async (_place, { text }) => (told.push(text), Promise.resolve(answer)) },
  );
  await expect(notify({ replyId: 'y' })).rejects.toThrow('no private notice');
  answer = 'delivered';
  await notify({ replyId: 'y' });
  await notify({ replyId: 'y' });
  expect(told.map((text) => text.includes(en.thread.ended))).toEqual([true, true, false]);
  expect(told.every((text) => text.includes(en.thread.notDelivered) && text.includes('use main'))).toBe(true);
});

test("a form for another person's next session leaves out a token of the one before, to be replaced", async () => {
  const token = `ghp_${'a1B2'.repeat(9)}`;
  const values = { prompt: `push with ${token}`, title: `Push with ${token}` };
  const { notify, forms } = await setUp(
    { to: 'failed', changes: { failure: { kind: 'ended' } } },
    { tellPrivately: async () => Promise.resolve('delivered') },
    { asked: { draft: { values, sources: {} } } },
  );
  await notify({ replyId: 'y' });
  expect(forms).toMatchObject([
    {
      draft: { values: { prompt: 'use main', title: 'Push with ghp_…' } },
      faults: { title: { hidden: ['ghp_…'] } },
      expanded: true,
    },
  ]);
  expect(forms[0]?.faults).not.toHaveProperty('prompt');
});

test('a person who may not steer hears so once, even if Slack was too busy at first', async () => {
  let told = 0;
  const failed = { to: 'failed', changes: { failure: { kind: 'members-only' } } } as const;
  const { notify } = await setUp(failed, {
    tellPrivately: async () => Promise.resolve((told += 1) === 1 ? 'retryable' : 'delivered'),
  });
  await expect(notify({ replyId: 'y' })).rejects.toThrow('for now');
  await notify({ replyId: 'y' });
  await notify({ replyId: 'y' });
  expect(told).toBe(2);
});

test('a person who may not steer hears so even if the process dies before Slack has it', async () => {
  const told: string[] = [];
  const failed = { to: 'failed', changes: { failure: { kind: 'members-only' } } } as const;
  const { notify } = await setUp(failed, {
    tellPrivately: async (_place, { text }) => {
      if (told.push(text) === 1) throw new Error('the process dies');
      return Promise.resolve('delivered');
    },
  });
  await expect(notify({ replyId: 'y' })).rejects.toThrow('dies');
  await notify({ replyId: 'y' });
  await notify({ replyId: 'y' });
  expect(told).toEqual([told[0], told[0]]);
});

test('authors get back what Devin did not get in the order in which they wrote it, however slow Slack is', async () => {
  const told: string[] = [];
  const failure = { kind: 'ended' } as const;
  const { notify, replies, place } = await setUp(
    { to: 'failed', changes: { failure } },
    {
      tellPrivately: async (_place, { text }) => {
        const words = ['use main', 'and test it'].find((one) => text.includes(one)) ?? '';
        // Longer than it takes to tell the second one.
        if (words === 'use main') for (let reads = 0; reads < 50; reads += 1) await replies.find('z');
        told.push(words);
        return 'delivered';
      },
    },
  );
  const second = { ...place, id: 'z', dedupeKey: 'z', messageTs: '1.2' };
  await replies.insert({ ...second, kind: 'reply', text: 'and test it', files: [] });
  await replies.move({ id: 'z', from: ['accepted'], to: 'failed', changes: { failure } });
  await Promise.all([notify({ replyId: 'y' }), notify({ replyId: 'z' })]);
  expect(told).toEqual(['use main', 'and test it']);
});
