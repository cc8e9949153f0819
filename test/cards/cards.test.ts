import type { Kysely } from 'kysely';
import { expect, test } from 'vitest';
import { createCardUpdater } from '../../src/cards/index.ts';
import { createLog } from '../../src/log.ts';
import { createPostOnce, createWithLease } from '../../src/queue/index.ts';
import type { Outbound } from '../../src/slack/outbound.ts';
import { createCards } from '../../src/store/cards.ts';
import { createLeases } from '../../src/store/leases.ts';
import { createPosts } from '../../src/store/posts.ts';
import { createRequests } from '../../src/store/requests.ts';
import { createSessions } from '../../src/store/sessions.ts';
import type { Tables } from '../../src/store/tables.ts';
import { useEmbedded } from '../support/databases.ts';
import { copyStarted } from '../support/folders.ts';
import { newRequest } from '../support/request-row.ts';

const LEASE_MS = 1000;

type Updater = Parameters<typeof createCardUpdater>[0];
type Slack = Pick<Updater['outbound'], 'updateCard'> & Pick<Outbound, 'post' | 'find'>;

const open = useEmbedded(copyStarted);

/** A card with something new to show. */
const setUp = async ({ againInMs = null }: { againInMs?: number | null } = {}) => {
  const { db } = await open();
  const requests = createRequests(db);
  await requests.insert([newRequest('r1')]);
  const card = { cardChannelId: 'C1', cardTs: '1.1', cardStale: true };
  await requests.advance({ id: 'r1', from: 'accepted', to: 'created', changes: card });
  const later: number[] = [];
  const update = createCardUpdaterOn(db, { requests, later, againInMs });
  const leaseEnds = async () => {
    const rows = await db.selectFrom('leases').select('until').where('name', '=', 'card:r1').execute();
    return rows[0]?.until.getTime() ?? 0;
  };
  return { requests, leaseEnds, later, update };
};

type On = { requests: Updater['requests']; later: number[]; againInMs: number | null };

function createCardUpdaterOn(db: Kysely<Tables>, { requests, later, againInMs }: On) {
  return async (outbound: Slack): Promise<void> =>
    createCardUpdater({
      db,
      requests,
      sessions: createSessions(db),
      cards: createCards(db, { burst: 10, perMinute: 10 }),
      drawCard: async () =>
        Promise.resolve({
          render: () => ({ text: 'x', blocks: [] }),
          shown: 'needs-you:x',
          phase: 'needs-you',
          session: null,
          againInMs,
        }),
      outbound: { ...outbound, directChannel: async () => Promise.resolve(null) },
      withLease: createWithLease(createLeases(db), LEASE_MS),
      posts: createPosts(db),
      postOnce: createPostOnce({
        db,
        posts: createPosts(db),
        outbound: { ...outbound, slackTs: () => null },
      }),
      enqueue: async (_name, _payload, { startAfterMs = 0 } = {}) =>
        void (await Promise.resolve(later.push(startAfterMs))),
      redrawHome: async () => Promise.resolve(),
      now: Date.now,
      log: createLog('silent'),
    }).update('r1', new AbortController().signal);
}

const refused = (code: string) => async () => Promise.resolve({ kind: 'refused', code } as const);

test('two processes repost a deleted card once, however slow Slack is', async () => {
  const { requests, leaseEnds, later, update } = await setUp();
  const posts: string[] = [];
  const slack = { begun: Promise.withResolvers<void>(), goOn: Promise.withResolvers<void>() };
  const slackOf = (isSlow: boolean): Slack => ({
    updateCard: refused('message_not_found'),
    find: async () => Promise.resolve(null),
    post: async () => {
      slack.begun.resolve();
      if (isSlow) await slack.goOn.promise;
      return { kind: 'posted', ts: `2.${posts.push('post')}` };
    },
  });
  const slow = update(slackOf(true));
  await slack.begun.promise;
  const firstEnd = await leaseEnds();
  await expect.poll(leaseEnds, { timeout: 20_000 }).toBeGreaterThan(firstEnd + LEASE_MS);
  await update(slackOf(false));
  slack.goOn.resolve();
  await slow;
  expect(posts).toEqual(['post']);
  expect(later).toHaveLength(1);
  expect(await requests.find('r1')).toMatchObject({ cardTs: '2.1' });
});

test('a card that Slack refuses for now waits for its retry, even if another job wants to draw it', async () => {
  const { later, update } = await setUp();
  const edits: string[] = [];
  const slack: Slack = {
    updateCard: async () => {
      edits.push('edit');
      return refused('a_new_one')();
    },
    find: async () => Promise.resolve(null),
    post: async () => Promise.resolve({ kind: 'unclear' }),
  };
  await update(slack);
  await update(slack);
  expect(edits).toEqual(['edit']);
  expect(later).toHaveLength(2);
  expect(Math.min(...later)).toBeGreaterThan(0);
});

test('a card with a waiting time is redrawn when that time changes', async () => {
  const { later, update } = await setUp({ againInMs: 20_000 });
  await update({
    updateCard: async () => Promise.resolve({ kind: 'updated' }),
    find: async () => Promise.resolve(null),
    post: async () => Promise.resolve({ kind: 'unclear' }),
  });
  expect(later).toEqual([20_000]);
});
