import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { useEmbedded } from '../support/databases.ts';
import { ID, notifier, startTelling } from '../support/telling.ts';

const open = useEmbedded();

test.each([
  [
    'is tried again, first in the thread, while Slack may accept it later',
    'missing_scope',
    ['thread', 'direct', 'thread', 'direct'],
  ],
  ['waits in the thread until the token is replaced', 'token_revoked', ['thread', 'thread']],
  ['is given up if Slack never will', 'is_archived', ['thread', 'direct']],
])('a notice that neither the thread nor the person can get %s', async (_what, code, expected) => {
  const { deps, look } = await startTelling(open);
  await look({ status_detail: 'finished' });
  const tried: string[] = [];
  const tell = notifier({
    ...deps,
    postOnce: async ({ place }) => {
      tried.push(place.threadTs === null ? 'direct' : 'thread');
      return Promise.resolve({ kind: 'refused', code });
    },
  });
  const waits = [await tell(ID), await tell(ID)].filter((ms) => ms !== null);
  expect(tried).toEqual(expected);
  expect(waits).toHaveLength(code === 'is_archived' ? 0 : 2);
});

test('a notice that the thread refused goes on as a direct message if Slack does not confirm that one', async () => {
  const { deps, look } = await startTelling(open);
  await look({ status_detail: 'finished' });
  const tried: string[] = [];
  const tell = notifier({
    ...deps,
    postOnce: async ({ place }) => {
      tried.push(place.threadTs === null ? 'direct' : 'thread');
      return Promise.resolve(
        place.threadTs === null ? { kind: 'unclear' } : { kind: 'refused', code: 'is_archived' },
      );
    },
  });
  await tell(ID);
  await tell(ID);
  expect(tried).toEqual(['thread', 'direct', 'direct']);
});

/** Announces what Devin asks, one question after the other; returns what else helps. */
async function asking(where: 'thread' | 'dm') {
  const { deps, db, told, look } = await startTelling(open);
  const tell = notifier({ ...deps, notified: { where: async () => Promise.resolve(where) } });
  const say = async (text: string): Promise<void> => {
    const message = { eventId: text, source: 'devin', text, state: 'skipped' as const, saidAt: new Date() };
    await deps.store.messages.add(ID, [message]);
  };
  await say('Main or release?');
  await look({ status_detail: 'waiting_for_user' });
  await tell(ID);
  return { deps, db, told, look, tell, say };
}

test.each(['thread', 'dm'] as const)(
  'another question while the first one waits calls after its turn, and what comes after it does not wait: %s',
  async (where) => {
    const { deps, db, told, look, tell, say } = await asking(where);
    await say('Today or tomorrow?');
    await deps.store.milestones.add(ID, ['needs-you:2']);
    const pull_requests = [{ pr_url: 'https://github.com/acme/web/pull/1', pr_state: 'open' }];
    await look({ status_detail: 'waiting_for_user', pull_requests });
    const laterMs = await tell(ID);
    expect(told).toEqual(['needs-you', 'pr:https://github.com/acme/web/pull/1']);
    expect(laterMs).toBeCloseTo(5 * 60_000, -4);
    await sql`update sessions set phase_at = phase_at - interval '5 minutes'`.execute(db);
    await sql`update milestones set attempted_at = attempted_at - interval '5 minutes'`.execute(db);
    await tell(ID);
    await tell(ID);
    expect(told.slice(2)).toEqual(['needs-you']);
  },
);

test.each(['thread', 'dm'] as const)(
  'a question after Devin worked by itself calls at once: %s',
  async (where) => {
    const { told, look, tell, say } = await asking(where);
    await look({ status_detail: 'working' });
    await say('Today or tomorrow?');
    await look({ status_detail: 'waiting_for_user' });
    expect(await tell(ID)).toBeNull();
    expect(told).toEqual(['needs-you', 'needs-you']);
  },
);

test('what is pending is looked at again once Slack takes the mark of an answered question', async () => {
  const { deps, told, look } = await startTelling(open);
  await look({ status_detail: 'finished' });
  const markAnsweredCalls = async () => Promise.resolve(7000);
  expect(await notifier({ ...deps, markAnsweredCalls })(ID)).toBe(7000);
  expect(told).toEqual(['finished']);
});

test('a pull request has its own message beside a second end, which may come without one', async () => {
  const { deps, told, look } = await startTelling(open);
  await look({ status_detail: 'finished' });
  await notifier(deps)(ID);
  const url = 'https://github.com/acme/web/pull/1';
  await look({ status_detail: 'working' });
  await look({ status_detail: 'finished', pull_requests: [{ pr_url: url, pr_state: 'open' }] });
  await notifier(deps)(ID);
  expect(told).toContain(`pr:${url}`);
});

test.each([
  ['waits for its card', 0, []],
  ['goes to the person if it gets no card', 600_000, ['direct']],
] as const)('a milestone of a session without a thread %s', async (_what, waitedMs, expected) => {
  const { deps, db, look } = await startTelling(open);
  await look({ status_detail: 'finished' });
  await db.updateTable('sessions').set({ threadTs: '' }).execute();
  await db.updateTable('sessionRequests').set({ cardTs: null }).execute();
  const tried: string[] = [];
  await notifier({
    ...deps,
    now: () => Date.now() + waitedMs,
    outbound: { directChannel: async () => Promise.resolve('D1') },
    postOnce: async ({ place }) => {
      tried.push(place.channelId === 'D1' ? 'direct' : 'thread');
      return Promise.resolve({ kind: 'posted', ts: '2.2', earlier: false });
    },
  })(ID);
  expect(tried).toEqual(expected);
});

test("a milestone that the thread refused doesn't wait for words that the thread refuses, too", async () => {
  const { deps, look } = await startTelling(open);
  const words = { eventId: 'e1', source: 'devin', text: 'Done.', state: 'pending' as const };
  await look({ status_detail: 'finished' });
  const tried: (string | null)[] = [];
  const tell = notifier({
    ...deps,
    outbound: { directChannel: async () => Promise.resolve('D1') },
    postOnce: async ({ place }) => {
      tried.push(place.threadTs);
      if (place.threadTs === null) return Promise.resolve({ kind: 'posted', ts: '2.2', earlier: false });
      await deps.store.messages.add(ID, [{ ...words, saidAt: new Date() }]);
      return Promise.resolve({ kind: 'refused', code: 'is_archived' });
    },
  });
  expect(await tell(ID)).toBeNull();
  expect(tried).toEqual(['1.1', null]);
});
