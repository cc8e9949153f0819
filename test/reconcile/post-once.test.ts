import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import type { LocalSlack } from '../../sandbox/slack/index.ts';
import { createLog } from '../../src/log.ts';
import { createWithLease, type Lease } from '../../src/queue/index.ts';
import { postOnce as once } from '../../src/reconcile/show.ts';
import { createIsSlackAddress } from '../../src/slack/edge/files.ts';
import { cardMark } from '../../src/slack/edge/metadata.ts';
import { createOutbound } from '../../src/slack/edge/outbound.ts';
import { createLeases } from '../../src/store/leases.ts';
import { createShown } from '../../src/store/shown.ts';
import { databaseClock } from '../../src/store/sql.ts';
import { createTurns } from '../../src/store/turns.ts';
import { createRemoteClock } from '../../src/time.ts';
import { clientOf, startSlack } from '../sandbox/slack/harness.ts';
import { useEmbedded } from '../support/databases.ts';
import { heldLease } from '../support/lease.ts';
import { reported } from '../support/leases.ts';

const HOUR_MS = 3_600_000;
const PLACE = { channelId: 'C1', threadTs: null };
const MARK = cardMark('r1');
const CARD = {
  text: 'card',
  blocks: [{ type: 'section' as const, text: { type: 'mrkdwn' as const, text: 'card' } }],
};

const KEY = 'card:r1';
const DESIRED = {
  place: PLACE,
  teamId: 'T1',
  userId: null,
  mark: MARK,
  turnClass: 'rest' as const,
  stage: null,
  fingerprint: 'card',
  againInMs: null,
  render: () => CARD,
};

/** `meanwhile`: what happens after the row was read. */
type How = { since?: Date; meanwhile?: () => Promise<unknown> };

const open = useEmbedded();

/** What posts a card, with a Slack whose clock is off by `skewMs`. */
async function setUp({ skewMs = 0, knownSince = new Date(0), inFlightMs = 0 } = {}) {
  const slack = await startSlack({ now: () => Date.now() + skewMs, rateLimits: 'off' });
  const { db } = await open();
  const clock = createRemoteClock();
  const client = clientOf(slack, slack.workspace.botToken, clock.observe(fetch));
  await client.auth.test();
  const slackSide = { answers: client, background: client, workspaceUrl: () => null };
  const isSlackAddress = createIsSlackAddress(slack.apiUrl);
  const outbound = createOutbound({ ...slackSide, isSlackAddress, clock, fetch, log: createLog('silent') });
  const afterSearch = { happens: async (): Promise<unknown> => Promise.resolve() };
  const find: typeof outbound.find = async (...what) => {
    const found = await outbound.find(...what);
    await afterSearch.happens();
    return found;
  };
  const turns = createTurns(db, { burst: 1, perMinute: 1 }, databaseClock);
  const shown = createShown(db);
  const context = {
    store: { db, shown, turns },
    slack: { outbound: { ...outbound, find } },
    knownSince: () => knownSince,
    tuning: { inFlightMs },
  };
  const postUnder = async (lease: Lease, { since, meanwhile }: How = {}) => {
    const posting = { key: KEY, place: PLACE, lease, before: await shown.find(KEY) };
    await meanwhile?.();
    return once(context, { ...posting, desired: { ...DESIRED, ...(since && { since }) } });
  };
  const withLease = reported(createWithLease(createLeases(db)));
  const post = async (how: How = {}) => withLease('card', async (lease) => postUnder(lease, how));
  const postLate = async (how: How) =>
    withLease('card', async (lease) => postUnder(lease, how), { late: true });
  const lapse = async () =>
    db
      .updateTable('leases')
      .set({ until: new Date(0) })
      .execute();
  return { slack, db, turns, post, postLate, postUnder, lapse, afterSearch };
}

const cards = (slack: LocalSlack) => slack.messages('C1').filter(({ text }) => text === 'card');
const LOST = { times: 1, afterEffect: true, status: 500 };

describe('a message that is posted once', () => {
  test.each([-HOUR_MS, -100_000, 100_000, HOUR_MS])(
    "is found after a lost answer if Slack's clock differs by %i ms",
    async (skewMs) => {
      const { slack, post } = await setUp({ skewMs });
      slack.fail('chat.postMessage', LOST);
      expect(await post()).toMatchObject({ result: { kind: 'unclear' } });
      const found = { kind: 'posted', ts: cards(slack)[0]?.ts, earlier: true };
      expect(await post()).toMatchObject({ result: found });
      expect(cards(slack)).toHaveLength(1);
    },
  );

  test('is found behind more than a thousand later messages', async () => {
    const { slack, post } = await setUp();
    slack.fail('chat.postMessage', LOST);
    await post();
    for (let count = 0; count < 1100; count += 1) slack.say('U1', 'C1', `word ${count}`);
    expect(await post()).toMatchObject({ result: { kind: 'posted' } });
    expect(cards(slack)).toHaveLength(1);
  });

  test('is found if Slack returns no metadata', async () => {
    const { slack, post } = await setUp();
    slack.fail('chat.postMessage', LOST);
    await post();
    for (const card of cards(slack)) card.metadata = null;
    expect(await post()).toMatchObject({ result: { kind: 'posted' } });
    expect(cards(slack)).toHaveLength(1);
  });

  test('is posted again if it never arrived', async () => {
    const { slack, post } = await setUp();
    slack.fail('chat.postMessage', { times: 1, status: 500 });
    expect(await post()).toMatchObject({ result: { kind: 'unclear' } });
    expect(await post()).toMatchObject({ result: { kind: 'posted' } });
    expect(cards(slack)).toHaveLength(1);
  });

  test.each([
    ['for as long as that can take', '1 hour'],
    ['and no longer if the clock was set back', '-2 hours'],
  ])('is not posted again while Slack may still be posting it, %s', async (_howLong, ago) => {
    const { slack, db, post } = await setUp({ inFlightMs: HOUR_MS });
    slack.fail('chat.postMessage', { times: 1 });
    await post();
    expect(await post()).toMatchObject({ result: { kind: 'unclear' } });
    expect(cards(slack)).toHaveLength(0);
    await db
      .updateTable('shown')
      .set({ at: sql<Date>`now() - ${ago}::interval` })
      .execute();
    expect(await post()).toMatchObject({ result: { kind: 'posted', earlier: false } });
    expect(cards(slack)).toHaveLength(1);
  });

  test('is posted again without a search if the app may not read the conversation', async () => {
    const { slack, post } = await setUp();
    slack.fail('chat.postMessage', { times: 1, status: 500 });
    await post();
    slack.fail('conversations.history', { times: 1, error: 'not_in_channel' });
    expect(await post()).toMatchObject({ result: { kind: 'posted', earlier: false } });
    expect(cards(slack)).toHaveLength(1);
  });

  test('stays one message if Slack refused to search for it, and then to post it again', async () => {
    const { slack, post } = await setUp();
    slack.fail('chat.postMessage', LOST);
    await post();
    for (const method of ['conversations.history', 'chat.postMessage'])
      slack.fail(method, { times: 1, error: 'not_in_channel' });
    expect(await post()).toMatchObject({ result: { kind: 'refused' } });
    expect(await post()).toMatchObject({ result: { kind: 'posted', earlier: true } });
    expect(cards(slack)).toHaveLength(1);
  });

  test("isn't posted again while the search for it fails", async () => {
    const { slack, post } = await setUp();
    slack.fail('chat.postMessage', LOST);
    await post();
    slack.fail('conversations.history', { status: 500 });
    expect(await post()).toMatchObject({ result: { kind: 'unclear' } });
    expect(cards(slack)).toHaveLength(1);
  });

  test("isn't searched for after Slack refused it", async () => {
    const { slack, post } = await setUp();
    slack.fail('chat.postMessage', { times: 1, error: 'not_in_channel' });
    await post();
    await post();
    expect(slack.calls.filter(({ method }) => method === 'conversations.history')).toEqual([]);
    expect(cards(slack)).toHaveLength(1);
  });

  test("isn't posted a second time, even if it wasn't recorded elsewhere", async () => {
    const { slack, post } = await setUp();
    const first = await post();
    expect(first).toMatchObject({ result: { kind: 'posted', earlier: false } });
    expect(await post()).toMatchObject({
      result: { ...(first.kind === 'done' && first.result), earlier: true },
    });
    expect(cards(slack)).toHaveLength(1);
  });

  test('stays one message if a frozen process wakes after another took over', async () => {
    const { slack, post, lapse } = await setUp();
    const outcome = await post({
      meanwhile: async () => {
        await lapse();
        await post();
      },
    });
    expect(outcome).toEqual({ kind: 'busy' });
    expect(cards(slack)).toHaveLength(1);
  });

  test('stays one message if another process took over and may have posted it right after a search', async () => {
    const { slack, post, lapse, afterSearch } = await setUp();
    slack.fail('chat.postMessage', { times: 1, status: 500 });
    await post();
    afterSearch.happens = async () => {
      afterSearch.happens = async () => Promise.resolve();
      await lapse();
      slack.fail('chat.postMessage', LOST);
      await post();
    };
    expect(await post()).toEqual({ kind: 'busy' });
    expect(cards(slack)).toHaveLength(1);
  });

  test("isn't sent if the process was frozen while it recorded the attempt", async () => {
    const { slack, postUnder, post } = await setUp();
    const lost = new Error('another process has taken over');
    const assertFresh = (): void => {
      throw lost;
    };
    await expect(postUnder({ ...heldLease, isFresh: () => false, assertFresh })).rejects.toBe(lost);
    expect(cards(slack)).toEqual([]);
    expect(await post()).toMatchObject({ result: { kind: 'posted' } });
  });

  test('stays one message if the process was frozen with an attempt in flight', async () => {
    const { slack, post, lapse } = await setUp();
    slack.fail('chat.postMessage', LOST);
    await post();
    const outcome = await post({
      meanwhile: async () => {
        await lapse();
        await post();
      },
    });
    expect(outcome).toMatchObject({ kind: 'busy' });
    expect(cards(slack)).toHaveLength(1);
  });

  test.each([
    ['was posted', undefined],
    ['may have been posted', LOST],
  ])('is left to the search if it seemed new but %s meanwhile', async (_how, trouble) => {
    const { slack, post, postLate } = await setUp();
    if (trouble !== undefined) slack.fail('chat.postMessage', trouble);
    const outcome = await postLate({ meanwhile: async () => post() });
    expect(outcome).toEqual({ kind: 'busy' });
    expect(cards(slack)).toHaveLength(1);
  });

  test('waits for its turn in a channel that is too busy, and leaves no attempt behind', async () => {
    const { slack, db, turns, post } = await setUp();
    const busy = { key: 'other', of: 'posts', place: 'C1', turnClass: 'rest' } as const;
    await turns.refused(busy, 60_000);
    expect(await post()).toMatchObject({ result: { kind: 'rate-limited' } });
    expect(slack.calls.filter(({ method }) => method === 'chat.postMessage')).toEqual([]);
    await db.deleteFrom('turns').execute();
    await db.updateTable('paces').set({ nextAt: new Date() }).execute();
    expect(await post()).toMatchObject({ result: { kind: 'posted', earlier: false } });
  });

  test.each([
    ['is found if there was a reason for it before the backup could be restored', -1, 1],
    ['is posted again if there is a new reason for it', 1, 2],
  ])('whose attempt the database, a restored backup, forgot %s', async (_what, reasonMs, count) => {
    const knownSince = new Date();
    const { slack, db, post } = await setUp({ knownSince });
    await post();
    await db.deleteFrom('shown').execute();
    const earlier = reasonMs < 0;
    const since = new Date(knownSince.getTime() + reasonMs);
    expect(await post({ since })).toMatchObject({ result: { kind: 'posted', earlier } });
    expect(cards(slack)).toHaveLength(count);
  });
});
