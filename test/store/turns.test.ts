import { describe, expect, test } from 'vitest';
import { createShown } from '../../src/store/shown.ts';
import { clockOf } from '../../src/store/sql.ts';
import { createTurns, type Turn, type TurnClass } from '../../src/store/turns.ts';
import { type Open, usePostgres } from '../support/databases.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const BUDGET = { burst: 15, perMinute: 35 };

/** What wants to write, a clock that only the test moves, and what may write. */
async function createLine(open: Open, of: Turn['of'] = 'edits') {
  const { db } = await open();
  const time = { ms: Date.now() };
  // Two replicas.
  const replicas = [1, 2].map(() =>
    createTurns(
      db,
      BUDGET,
      clockOf(() => time.ms),
    ),
  );
  const [turns] = replicas;
  if (turns === undefined) throw new Error('There is no replica.');
  const waiting = new Map<string, Turn>();

  const add = (key: string, turnClass: TurnClass, more: Partial<Turn> = {}): void =>
    void waiting.set(key, { key, of, place: of === 'edits' ? 'T1' : 'C1', turnClass, ...more });
  const addMany = (count: number, turnClass: TurnClass): void => {
    for (let at = 0; at < count; at += 1) add(`${turnClass}-${String(at).padStart(3, '0')}`, turnClass);
  };
  let asked = 0;
  /** All that wait ask, in this order; those that may write do. */
  async function ask(keys: readonly string[] = [...waiting.keys()]): Promise<string[]> {
    const taken: string[] = [];
    for (const key of keys) {
      const turn = waiting.get(key);
      asked += 1;
      if (turn === undefined || (await replicas[asked % 2]?.take(turn)) !== 0) continue;
      taken.push(key);
      waiting.delete(key);
    }
    return taken;
  }
  /** Those that wait ask once in a while. */
  async function drain(stepMs = 1000): Promise<string[]> {
    const order: string[] = [];
    while (waiting.size > 0) {
      time.ms += stepMs;
      order.push(...(await ask()));
    }
    return order;
  }
  return { db, turns, time, waiting, add, addMany, ask, drain };
}

describe('the turns of edits in a workspace', () => {
  const { open } = usePostgres();
  test('are at most 50 in any minute, over all replicas', async () => {
    const line = await createLine(open);
    line.addMany(90, 'needed');
    const start = line.time.ms;
    const taken: number[] = [];
    while (line.waiting.size > 0) {
      for (const _key of await line.ask()) taken.push(line.time.ms - start);
      line.time.ms += 5000;
    }
    expect(taken.filter((at) => at === 0).length).toBeGreaterThan(BUDGET.burst / 2);
    for (const from of taken)
      expect(taken.filter((at) => at >= from && at < from + MINUTE_MS).length).toBeLessThanOrEqual(50);
  });

  test('come to new URLs first, then to cards that need a person, then to the rest, each by age', async () => {
    const line = await createLine(open);
    line.addMany(20, 'rest');
    await line.ask();
    line.waiting.clear();
    const wanted: [string, TurnClass][] = [
      ['rest-1', 'rest'],
      ['needed-1', 'needed'],
      ['url-1', 'url'],
      ['rest-2', 'rest'],
      ['url-2', 'url'],
      ['needed-2', 'needed'],
    ];
    await line.turns.refused({ key: 'other', of: 'edits', place: 'T1', turnClass: 'url' }, 1000);
    for (const [key, turnClass] of wanted) line.add(key, turnClass);
    await line.ask();
    expect(await line.drain()).toEqual(['url-1', 'url-2', 'needed-1', 'needed-2', 'rest-1', 'rest-2']);
  });

  test('are kept for URLs and for cards that need a person while many cards change', async () => {
    const line = await createLine(open);
    line.addMany(30, 'rest');
    expect((await line.ask()).length).toBeLessThan(BUDGET.burst);
    line.add('needed', 'needed');
    line.add('url', 'url');
    expect(await line.ask(['needed', 'url'])).toEqual(['needed', 'url']);
  });

  test('wait two minutes at most, whatever Slack says', async () => {
    const line = await createLine(open);
    await line.turns.refused({ key: 'other', of: 'edits', place: 'T1', turnClass: 'url' }, HOUR_MS);
    line.add('one', 'url');
    expect(await line.ask()).toEqual([]);
    line.time.ms += 180_000;
    expect(await line.ask()).toEqual(['one']);
  });

  test('come at once after the clock was set back by an hour', async () => {
    const line = await createLine(open);
    line.addMany(40, 'needed');
    await line.ask();
    await line.turns.refused({ key: 'other', of: 'edits', place: 'T1', turnClass: 'url' }, 60_000);
    line.time.ms -= HOUR_MS;
    expect(await line.ask()).toHaveLength(12);
  });

  test('are taken once each, even if all ask at once', async () => {
    const line = await createLine(open);
    line.addMany(30, 'rest');
    const waits = await Promise.all([...line.waiting.values()].map(async (turn) => line.turns.take(turn)));
    expect(waits.filter((ms) => ms === 0)).toHaveLength(9);
  });
});

describe('the turns of messages in a channel for which Slack was too busy', () => {
  const { open } = usePostgres();
  const busy = async () => {
    const line = await createLine(open, 'posts');
    await line.turns.refused({ key: 'other', of: 'posts', place: 'C1', turnClass: 'url' }, 3000);
    await line.db.deleteFrom('turns').execute();
    return line;
  };

  test('come once a second', async () => {
    const line = await busy();
    line.addMany(6, 'rest');
    const start = line.time.ms;
    const taken: number[] = [];
    while (line.waiting.size > 0) {
      for (const _key of await line.ask()) taken.push(line.time.ms - start);
      line.time.ms += 100;
    }
    expect(taken[0]).toBeGreaterThanOrEqual(3000);
    for (const [at, ms] of taken.entries()) expect(ms - (taken[0] ?? 0)).toBe(at * 1000);
  });

  test('come next to a question, however many other messages wait, and then to the others in order', async () => {
    const line = await busy();
    line.addMany(50, 'rest');
    const before = [...line.waiting.keys()];
    await line.ask();
    line.time.ms += 10_000;
    expect(await line.ask()).toEqual(before.slice(0, 1));
    line.add('question', 'needed');
    await line.ask();
    expect(await line.drain()).toEqual(['question', ...before.slice(1)]);
  });

  test('delay only what is posted there', async () => {
    const { db, turns, time } = await busy();
    const posts = createShown(db);
    const attempt = async (key: string, channelId: string): Promise<boolean> =>
      posts.attempt(
        {
          key,
          channelId,
          threadTs: null,
          slackTs: null,
          isFirst: true,
          onlyIf: turns.isCalm(channelId),
        },
        db,
      );
    expect(await attempt('quiet', 'C2')).toBe(true);
    expect(await attempt('busy', 'C1')).toBe(false);
    time.ms += 5000;
    expect(await attempt('busy', 'C1')).toBe(false);
    time.ms += HOUR_MS;
    expect(await attempt('busy', 'C1')).toBe(true);
  });
});
