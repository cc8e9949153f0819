import { describe, expect, test } from 'vitest';
import { startBot } from '../support/bot.ts';
import { cardOf } from '../support/look.ts';
import { QUICK_THREADS } from '../support/quick.ts';
import { startThread } from '../support/threads.ts';
import { useWorld } from '../support/worlds.ts';

const LIST = { method: 'GET', path: /\/sessions$/ } as const;
const MINUTE_MS = 60_000;

/** A world with a clock of its own, which a test sets forward. */
function useTime() {
  const clock = { aheadMs: 0 };
  const overrides = { ...QUICK_THREADS.overrides, now: () => Date.now() + clock.aheadMs };
  const world = useWorld({ overrides });

  const looksAt = (id: string) =>
    world().devin.requests.filter(({ path, query }) => {
      return LIST.path.test(path) && JSON.stringify(query).includes(id);
    });
  type Thread = Awaited<ReturnType<typeof startThread>>;
  const showing = async ({ channelId }: Thread, words: string) =>
    cardOf(world().slack, channelId, (text) => text.includes(words));
  const editsOf = ({ threadTs }: Thread) =>
    world().slack.calls.filter(({ method, args }) => method === 'chat.update' && args['ts'] === threadTs);

  /** Longer than its longest interval, and shorter than the steps of the time on its card. */
  const MOST_STEPS = 40;

  /** Moves the clock in small steps until the session is polled again. */
  const lookedAt = async (id: string, stepMs = 3000): Promise<void> => {
    const before = looksAt(id).length;
    const mostMs = clock.aheadMs + MOST_STEPS * stepMs;
    // On a slow machine, the poll comes long after its time.
    const passing = setInterval(() => (clock.aheadMs = Math.min(clock.aheadMs + stepMs, mostMs)), 50);
    await world().devin.waitForRequest(() => looksAt(id).length > before);
    clearInterval(passing);
  };
  return { clock, overrides, world, looksAt, showing, editsOf, lookedAt };
}

describe('while only time passes', () => {
  const { clock, world, showing, editsOf, lookedAt } = useTime();

  test('the card is edited when its time changes, not at every poll', async () => {
    const { devin } = world();
    const thread = await startThread(world());
    devin.advance(thread.id, { status: 'running' });
    await showing(thread, 'Working');
    const [before, startMs] = [editsOf(thread).length, clock.aheadMs];
    // Every 5 min in the first hour, every 30 min until the sixth, then every 6 h; nothing between.
    const minutes = [
      [1, null],
      [3, null],
      [5, '5 min'],
      [7, null],
      [60, '1 h'],
      [70, null],
      [80, null],
      [90, '1 h 30 min'],
      [100, null],
      [360, '6 h'],
      [500, null],
      [600, null],
      [720, '12 h'],
    ] as const;
    for (const [minute, words] of minutes) {
      clock.aheadMs = Math.max(clock.aheadMs, startMs + minute * MINUTE_MS);
      await lookedAt(thread.id);
      if (words !== null) await showing(thread, words);
    }
    expect(editsOf(thread).length - before).toBe(minutes.filter(([, words]) => words !== null).length);
  });
});

describe('after a while', () => {
  const { clock, overrides, world, looksAt, showing, lookedAt } = useTime();

  test('a restart announces nothing again and polls as planned', async () => {
    const { devin, slack, environment, bot } = world();
    const thread = await startThread(world());
    // The mention is part of Devin's words or in a line below, depending on which comes first.
    const calls = () => slack.messages(thread.channelId).filter(({ text }) => CALL.test(text));
    const told = async (count: number) =>
      slack.waitFor(() => calls().length === count, { what: `${count} calls` });
    const question = { statusDetail: 'waiting_for_user', message: 'main or release?' };
    devin.advance(thread.id, { status: 'running', ...question });
    // Its row is newer than this clock: a change makes it one that is polled often.
    await lookedAt(thread.id, MINUTE_MS);
    await told(1);
    devin.advance(thread.id, { statusDetail: 'finished' });
    await told(2);
    await showing(thread, 'Finished');
    // Quiet for so long that it is polled every ten minutes, counted from now if a poll is in flight.
    clock.aheadMs += 15 * MINUTE_MS;
    await lookedAt(thread.id, MINUTE_MS);
    await lookedAt(thread.id, MINUTE_MS);
    // A poll of another session comes after everything that follows from this poll.
    const another = await startThread(world());
    await lookedAt(another.id);
    await bot.stop();

    const planned = looksAt(thread.id).length;
    const again = await startBot(environment, slack, overrides);
    try {
      for (let look = 0; look < 3; look += 1) await lookedAt(another.id);
      expect(looksAt(thread.id)).toHaveLength(planned);
      clock.aheadMs += 10 * MINUTE_MS;
      devin.advance(thread.id, { acus: 3 });
      await showing(thread, '3 ACU');
      expect(calls()).toHaveLength(2);
    } finally {
      await again.bot.stop();
    }
  });
});

const CALL = /<@\w+> (?:Devin asks|\*Finished)/;
