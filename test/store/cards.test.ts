import { expect, test } from 'vitest';
import { CARD_HOLD_MS, createCards, type EditClass } from '../../src/store/cards.ts';
import { createPosts } from '../../src/store/posts.ts';
import { createRequests } from '../../src/store/requests.ts';
import { clockOf } from '../../src/store/sql.ts';
import { describeOnBothDatabases, type Open } from '../support/databases.ts';
import { newRequest } from '../support/request-row.ts';

/** Served after all others. */
const LAST_CLASS = 3;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const BUDGET = { burst: 15, perMinute: 35 };

/** A queue of cards, a clock that only the test moves, and the turns that were taken. */
async function createLine(open: Open) {
  const { db } = await open();
  const time = { ms: Date.now() };
  const requests = createRequests(db);
  // Two replicas.
  const replicas = [1, 2].map(() =>
    createCards(
      db,
      BUDGET,
      clockOf(() => time.ms),
    ),
  );
  const [cards = createCards(db, BUDGET)] = replicas;

  async function add(
    id: string,
    card: { posted: boolean; teamId?: string; channelId?: string },
  ): Promise<void> {
    const { posted, teamId = 'T1', channelId = 'C1' } = card;
    await requests.insert([newRequest(id, { teamId, channelId })]);
    const changes = posted ? { cardChannelId: channelId, cardTs: `1.${id}` } : {};
    await requests.advance({ id, from: 'accepted', to: 'created', changes });
  }
  async function lineUp(id: string, to: EditClass): Promise<void> {
    const request = await requests.find(id);
    if (request !== null) await cards.lineUp(request, to);
  }
  async function draw(id: string): Promise<void> {
    const request = await requests.find(id);
    if (request !== null) await cards.drawn(request, 'working:x');
  }
  /** Every turn that a replica can take now. */
  async function turns(teamId = 'T1'): Promise<string[]> {
    const taken: string[] = [];
    for (;;) {
      const turn = await replicas[taken.length % 2]?.takeTurn(teamId);
      if (turn?.kind !== 'turn') return taken;
      taken.push(turn.requestId);
      await draw(turn.requestId);
    }
  }
  return { db, cards, requests, time, add, lineUp, draw, turns };
}

describeOnBothDatabases("the queue of a workspace's cards", (open) => {
  const addMany = async (
    { add }: Awaited<ReturnType<typeof createLine>>,
    count: number,
  ): Promise<string[]> => {
    const ids = Array.from({ length: count }, (_, at) => `many-${String(at).padStart(3, '0')}`);
    for (const id of ids) await add(id, { posted: true });
    return ids;
  };

  test('allows at most 50 edits in any minute, over all replicas', async () => {
    const line = await createLine(open);
    const ids = await addMany(line, 90);
    for (const id of ids) await line.lineUp(id, 'url');
    const start = line.time.ms;
    const taken: number[] = [];
    while (taken.length < ids.length) {
      for (const _turn of await line.turns()) taken.push(line.time.ms - start);
      line.time.ms += 500;
    }
    expect(taken.filter((at) => at === 0)).toHaveLength(BUDGET.burst);
    for (const from of taken)
      expect(taken.filter((at) => at >= from && at < from + MINUTE_MS).length).toBeLessThanOrEqual(50);
  });

  test('serves new URLs first, then cards that need a person, then the rest, each in order', async () => {
    const line = await createLine(open);
    const wanted: [string, EditClass][] = [
      ['rest-1', 'rest'],
      ['needed-1', 'needed'],
      ['url-1', 'url'],
      ['rest-2', 'rest'],
      ['url-2', 'url'],
      ['needed-2', 'needed'],
    ];
    for (const [id] of wanted) await line.add(id, { posted: true });
    for (const [id, to] of wanted) {
      line.time.ms += 1;
      await line.lineUp(id, to);
    }
    expect(await line.turns()).toEqual(['url-1', 'url-2', 'needed-1', 'needed-2', 'rest-1', 'rest-2']);
  });

  test('keeps the turn of a new URL whatever else the card has to show by then', async () => {
    const line = await createLine(open);
    for (const id of ['needed', 'url']) await line.add(id, { posted: true });
    await line.lineUp('needed', 'needed');
    await line.lineUp('url', 'url');
    await line.lineUp('url', 'rest');
    expect(await line.turns()).toEqual(['url', 'needed']);
    for (const [id, to] of [
      ['url', 'rest'],
      ['needed', 'needed'],
    ] as const)
      await line.lineUp(id, to);
    expect(await line.turns()).toEqual(['needed', 'url']);
  });

  test('keeps turns for URLs and for cards that need a person while many cards change', async () => {
    const line = await createLine(open);
    const ids = await addMany(line, 30);
    for (const id of ids) await line.lineUp(id, 'rest');
    const rest = await line.turns();
    expect(rest.length).toBeLessThan(BUDGET.burst);
    await line.add('needed', { posted: true });
    await line.lineUp('needed', 'needed');
    await line.add('url', { posted: true });
    await line.lineUp('url', 'url');
    expect(await line.turns()).toEqual(['url', 'needed']);
  });

  test('keeps turns for URLs while many cards need a person', async () => {
    const line = await createLine(open);
    const ids = await addMany(line, 30);
    for (const id of ids) await line.lineUp(id, 'needed');
    expect((await line.turns()).length).toBeLessThan(BUDGET.burst);
    await line.add('url', { posted: true });
    await line.lineUp('url', 'url');
    expect(await line.turns()).toEqual(['url']);
  });

  test('spends no edit on a card posted with its URL, nor on the first edit of an earlier one', async () => {
    const line = await createLine(open);
    await line.add('early', { posted: false });
    await line.lineUp('early', 'rest');
    expect(await line.cards.takeTurn('T1')).toEqual({ kind: 'turn', requestId: 'early' });
    await line.requests.advance({
      id: 'early',
      from: 'created',
      to: 'created',
      changes: { cardChannelId: 'C1', cardTs: '1.1' },
    });
    const ids = await addMany(line, 30);
    for (const id of ids) await line.lineUp(id, 'url');
    await line.turns();
    await line.add('new', { posted: false });
    await line.lineUp('new', 'url');
    const early = await line.requests.find('early');
    if (early !== null) await line.cards.drawn(early, 'open:x');
    await line.lineUp('early', 'url');
    expect((await line.turns()).toSorted()).toEqual(['early', 'new']);
  });

  test('leaves the edits to cards that change, however many are posted with their URL', async () => {
    const line = await createLine(open);
    const ids = Array.from({ length: 30 }, (_, at) => `new-${at}`);
    for (const id of ids) await line.add(id, { posted: false });
    for (const id of ids) await line.lineUp(id, 'url');
    expect(await line.turns()).toHaveLength(30);
    await line.add('changed', { posted: true });
    await line.lineUp('changed', 'rest');
    expect(await line.turns()).toEqual(['changed']);
  });

  test('posts no card without a URL while edits are scarce', async () => {
    const line = await createLine(open);
    const ids = await addMany(line, 30);
    for (const id of ids) await line.lineUp(id, 'rest');
    await line.turns();
    await line.add('early', { posted: false });
    await line.lineUp('early', 'rest');
    expect(await line.turns()).toEqual([]);
    await line.lineUp('early', 'url');
    expect(await line.turns()).toEqual(['early']);
  });

  test('waits as long as Slack says, and longer for lower classes', async () => {
    const line = await createLine(open);
    for (const id of ['rest', 'needed', 'url']) await line.add(id, { posted: true });
    await line.cards.pauseEdits('T1', 20_000);
    for (const id of ['rest', 'needed', 'url'] as const) await line.lineUp(id, id);
    const order: string[] = [];
    for (let seconds = 0; order.length < 3; seconds += 1) {
      for (const id of await line.turns()) order.push(`${id} after ${seconds >= 20 ? 'the pause' : seconds}`);
      line.time.ms += 1000;
    }
    expect(order).toEqual(['url after the pause', 'needed after the pause', 'rest after the pause']);
  });

  test('waits two minutes at most, whatever Slack says', async () => {
    const line = await createLine(open);
    await line.add('one', { posted: true });
    await line.cards.pauseEdits('T1', HOUR_MS);
    await line.lineUp('one', 'url');
    expect(await line.turns()).toEqual([]);
    line.time.ms += 120_000;
    expect(await line.turns()).toEqual(['one']);
  });

  test('lets a busy channel delay only its own cards, which then get one edit a second', async () => {
    const line = await createLine(open);
    for (const id of ['busy-1', 'busy-2', 'busy-3']) await line.add(id, { posted: false, channelId: 'C9' });
    await line.add('quiet', { posted: false, channelId: 'C2' });
    await line.cards.pausePosts('C9', 3000);
    for (const id of ['busy-1', 'busy-2', 'busy-3', 'quiet']) await line.lineUp(id, 'url');
    expect(await line.turns()).toEqual(['quiet']);
    line.time.ms += 3000;
    expect(await line.turns()).toHaveLength(1);
    line.time.ms += 1000;
    expect(await line.turns()).toHaveLength(1);
  });

  test('posts a new card at once unless its channel is or was just busy', async () => {
    const { db, cards, time } = await createLine(open);
    const posts = createPosts(db);
    const attempt = async (key: string, channelId: string): Promise<boolean> =>
      posts.attempt({
        key,
        channelId,
        threadTs: null,
        slackTs: null,
        isFirst: true,
        onlyIf: cards.mayPost(channelId),
      });
    await cards.pausePosts('C9', 3000);
    expect(await attempt('quiet', 'C2')).toBe(true);
    expect(await attempt('busy', 'C9')).toBe(false);
    time.ms += 3000;
    expect(await attempt('busy', 'C9')).toBe(false);
    time.ms += HOUR_MS;
    expect(await attempt('busy', 'C9')).toBe(true);
  });

  test('says how long the first card has to wait', async () => {
    const line = await createLine(open);
    expect(await line.cards.takeTurn('T1')).toEqual({ kind: 'none' });
    await line.add('off', { posted: true });
    await line.lineUp('off', 'rest');
    await line.cards.putOff('off', 7000);
    expect(await line.cards.takeTurn('T1')).toEqual({ kind: 'wait', ms: 7000 });
  });

  test('continues at once after the clock was set back by an hour', async () => {
    const line = await createLine(open);
    const ids = await addMany(line, 40);
    for (const id of ids) await line.lineUp(id, 'url');
    await line.turns();
    await line.cards.pauseEdits('T1', 60_000);
    await line.cards.pausePosts('C1', 60_000);
    await line.add('post', { posted: false });
    await line.lineUp('post', 'url');
    line.time.ms -= HOUR_MS;
    expect(await line.turns()).toHaveLength(BUDGET.burst + 1);
  });

  test('is separate for each workspace', async () => {
    const line = await createLine(open);
    await line.cards.pauseEdits('T1', 60_000);
    await line.add('other', { posted: true, teamId: 'T2' });
    await line.lineUp('other', 'rest');
    expect(await line.turns('T2')).toEqual(['other']);
  });

  test('gives each turn to one replica, even if all ask at once', async () => {
    const line = await createLine(open);
    const ids = Array.from({ length: 8 }, (_, at) => `card-${at}`);
    for (const id of ids) {
      await line.add(id, { posted: true });
      await line.lineUp(id, 'url');
    }
    const asked = await Promise.all(ids.map(async () => line.cards.takeTurn('T1')));
    const taken = asked.flatMap((turn) => (turn.kind === 'turn' ? [turn.requestId] : []));
    expect(taken.toSorted()).toEqual(ids);
  });

  test('gives a turn to one replica, and again after 20 s if that died', async () => {
    const { add, lineUp, cards, time } = await createLine(open);
    await add('one', { posted: true });
    await lineUp('one', 'url');
    expect(await cards.takeTurn('T1')).toEqual({ kind: 'turn', requestId: 'one' });
    expect(await cards.takeTurn('T1')).toEqual({ kind: 'wait', ms: CARD_HOLD_MS });
    time.ms += CARD_HOLD_MS;
    expect(await cards.takeTurn('T1')).toEqual({ kind: 'turn', requestId: 'one' });
  });

  test('gives a turn again at once if a process died that was alone', async () => {
    const { add, lineUp, cards } = await createLine(open);
    await add('one', { posted: true });
    await lineUp('one', 'url');
    await cards.takeTurn('T1');
    await cards.endTurns();
    expect(await cards.takeTurn('T1')).toEqual({ kind: 'turn', requestId: 'one' });
  });

  test("doesn't know what a card shows, only its phase, while it is drawn", async () => {
    const line = await createLine(open);
    await line.add('one', { posted: true });
    const shown = async () => (await line.requests.find('one'))?.cardShown;
    for (const before of [null, 'working:x']) {
      expect(await shown()).toBe(before);
      await line.lineUp('one', 'url');
      await line.cards.takeTurn('T1');
      // Otherwise an edit that was made by a process that died would be kept when the card changes back.
      expect(await shown()).toBe(before === null ? null : 'working:?');
      await line.draw('one');
    }
  });

  test('keeps a card that changed while it was drawn', async () => {
    const line = await createLine(open);
    await line.add('r1', { posted: true });
    await line.lineUp('r1', 'url');
    await line.cards.takeTurn('T1');
    const drawnFrom = await line.requests.find('r1');
    await new Promise((resolve) => {
      setTimeout(resolve, 2);
    });
    await line.cards.markStale('r1');
    const isLast = drawnFrom === null ? null : await line.cards.drawn(drawnFrom, 'working:x');
    expect(isLast).toBe(false);
    expect(await line.requests.find('r1')).toMatchObject({ cardStale: true, cardClass: LAST_CLASS });
    expect(await line.cards.unlined()).toEqual(['r1']);
  });
});
