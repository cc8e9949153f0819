import type { Kysely } from 'kysely';
import { expect, test } from 'vitest';
import { createCards } from '../../src/cards/index.ts';
import { createLog } from '../../src/log.ts';
import { createPostOnce, createWithLease, type Queue } from '../../src/queue/index.ts';
import { payloads } from '../../src/queue/payloads.ts';
import type { Outbound } from '../../src/slack/outbound.ts';
import { createSeal } from '../../src/store/envelope.ts';
import type { RequestChanges } from '../../src/store/request-row.ts';
import { databaseClock } from '../../src/store/sql.ts';
import { createStore } from '../../src/store/store.ts';
import type { Tables } from '../../src/store/tables.ts';
import { en } from '../../src/text/en.ts';
import { useEmbedded } from '../support/databases.ts';
import { newRequest } from '../support/request-row.ts';
import { unneeded } from '../support/unneeded.ts';

const LEASE_MS = 1000;
const WAITED_MS = 10_000;

type Slack = Pick<Outbound, 'updateCard' | 'post' | 'find'>;

const open = useEmbedded();
const storeOn = (db: Kysely<Tables>) =>
  createStore(db, createSeal(Buffer.alloc(32)), {
    editBudget: { burst: 10, perMinute: 10 },
    clock: databaseClock,
  });

const POSTED = { cardChannelId: 'C1', cardTs: '1.1' };

/** A card with something new to show. The request waits for 10 s. */
const setUp = async (state: 'failed' | 'identified' | 'refused', card: RequestChanges = POSTED) => {
  const { db } = await open();
  const store = storeOn(db);
  const { requests } = store;
  await requests.insert([newRequest('r1')]);
  const changes = { ...card, cardStale: true };
  const request = await requests.advance({ id: 'r1', from: 'accepted', to: state, changes });
  const nowMs = (request?.createdAt.getTime() ?? 0) + WAITED_MS;
  const later: number[] = [];
  const enqueue: Queue['enqueue'] = async (_name, _payload, { startAfterMs = 0 } = {}) =>
    void (await Promise.resolve(later.push(startAfterMs)));
  const update = async (outbound: Slack): Promise<void> => {
    let run = async (): Promise<void> => Promise.reject(new Error('nothing updates cards'));
    const { signal } = new AbortController();
    createCards({
      queue: {
        enqueue,
        work: (name, handler) => {
          const schema = payloads[name];
          if (name === 'update-card')
            run = async () => {
              const againMs = await handler(schema.parse({ requestId: 'r1' }), { signal });
              if (typeof againMs === 'number') later.push(againMs);
            };
        },
      },
      store,
      outbound: { ...outbound, directChannel: async () => Promise.resolve(null) },
      redrawHome: async () => Promise.resolve(),
      withLease: createWithLease(store.leases, LEASE_MS),
      postOnce: createPostOnce({
        db,
        posts: store.posts,
        turns: store.turns,
        outbound: { ...outbound, slackTs: () => null },
        knownSince: () => new Date(0),
        inFlightMs: 0,
      }),
      tuning: { now: () => nowMs, log: createLog('silent') },
      text: en,
    });
    await run();
  };
  const leaseEnds = async () => {
    const rows = await db.selectFrom('leases').select('until').where('name', '=', 'card:r1').execute();
    return rows[0]?.until.getTime() ?? 0;
  };
  return { requests, leaseEnds, later, update };
};

const ANA = { kind: 'matched', devinUserId: 'user-1', name: 'Ana', how: 'email', checkedAtMs: 0 } as const;

const refused = (code: string) => async () => Promise.resolve({ kind: 'refused', code } as const);

test('two processes repost a deleted card once, however slow Slack is', async () => {
  const { requests, leaseEnds, later, update } = await setUp('failed');
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

test.each([
  ['is posted again once its request failed', 'failed', '2.1'],
  ['stays while its request waits', 'identified', '1.1'],
] as const)('a card that an earlier app posted %s', async (_what, state, cardTs) => {
  const { requests, update } = await setUp(state);
  const post = async () => Promise.resolve({ kind: 'posted', ts: '2.1' } as const);
  await update({ updateCard: refused('cant_update_message'), find: async () => Promise.resolve(null), post });
  expect(await requests.find('r1')).toMatchObject({ cardTs });
});

test.each([
  ['of a request that waits, once a person deleted it', 'identified', POSTED, 'message_not_found'],
  ['of a request that was refused before it had one', 'refused', { identity: ANA }, 'unexpected'],
] as const)('no card is posted %s', async (_which, state, card, code) => {
  const { requests, update } = await setUp(state, card);
  await update({ updateCard: refused(code), find: unneeded, post: unneeded });
  expect(await requests.find('r1')).toMatchObject({ cardTs: null, cardStale: false });
});

test('a card that Slack refuses for now is drawn again after a pause', async () => {
  const { later, update } = await setUp('failed');
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
  expect(edits).toEqual(['edit']);
  expect(later).toHaveLength(1);
  expect(Math.min(...later)).toBeGreaterThan(0);
});

test('a card with a waiting time is redrawn when that time changes', async () => {
  const { later, update } = await setUp('identified');
  await update({
    updateCard: async () => Promise.resolve({ kind: 'updated' }),
    find: async () => Promise.resolve(null),
    post: async () => Promise.resolve({ kind: 'unclear' }),
  });
  expect(later).toEqual([20_000]);
});
