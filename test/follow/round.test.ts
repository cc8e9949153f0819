import { describe, expect, test } from 'vitest';
import type { PollTrouble } from '../../src/follow/poll.ts';
import { createRound, ROUND_TIMES } from '../../src/follow/round.ts';
import { createLog } from '../../src/log.ts';
import type { SessionRow } from '../../src/store/sessions.ts';
import { captureLog } from '../support/log-lines.ts';
import { sessionRow } from '../support/session-row.ts';
import { sessionSnapshot } from '../support/session-snapshot.ts';

const SNAPSHOT = sessionSnapshot('s1');

const HOUR_MS = 3_600_000;

/** Quiet for an hour. */
const rowIn = (phase: SessionRow['phase']): SessionRow => {
  const at = new Date(Date.now() - HOUR_MS);
  return sessionRow({ phase, changedAt: at, phaseAt: at });
};

type Answer = 'there' | 'not-there' | 'unreadable' | 'trouble';

/** Rounds with one session, one a minute, and what was recorded. */
async function recordedOf(row: SessionRow, ...answers: Answer[]): Promise<string[]> {
  const recorded: string[] = [];
  const clock = { ms: Date.now() };
  let answer: Answer = 'there';
  const round = createRound({
    store: {
      polls: {
        due: async () => Promise.resolve([row]),
        dueCount: async () => Promise.resolve(1),
        bringForward: async () => Promise.resolve(),
        reschedule: async (looks) => {
          await Promise.resolve();
          for (const { at } of looks) {
            const afterS = Math.round(((at?.getTime() ?? Infinity) - clock.ms) / 1000);
            recorded.push(`after ${afterS} s`);
          }
        },
      },
      setAside: {
        note: async () => Promise.resolve(recorded.push('set aside') && 1),
        clear: async () => void (await Promise.resolve(recorded.push('cleared'))),
      },
    },
    poll: async () =>
      Promise.resolve({
        answered: answer === 'there' ? [row.snapshot] : [],
        gone: answer === 'not-there' ? ['s1'] : [],
        failed: new Map(answer === 'unreadable' ? [['s1', new Error('no status')]] : []),
        trouble: answer === 'trouble' ? { code: 'unavailable', retryAfterMs: null } : null,
      }),
    recorder: {
      recordPoll: async () => Promise.resolve(recorded.push('poll') > 0),
      gone: async () => void (await Promise.resolve(recorded.push('gone'))),
    },

    enqueue: async () => Promise.resolve(),
    times: { ...ROUND_TIMES, fastestMs: 1000 },
    now: () => clock.ms,
    random: () => 0,
    log: createLog('silent'),
  });
  for (answer of answers) {
    await round(new AbortController().signal);
    clock.ms += 60_000;
  }
  return recorded;
}

describe('a round', () => {
  test('records nothing if the answer is the same', async () => {
    expect(await recordedOf(rowIn('working'), 'there')).toEqual(['after 60 s']);
  });

  test('records the first answer about a session that was found after it had begun', async () => {
    expect(await recordedOf(rowIn('starting'), 'there')).toEqual(['poll']);
  });

  test("sets a session aside if its answer can't be read, until one can be", async () => {
    expect(await recordedOf(rowIn('working'), 'unreadable', 'there')).toEqual([
      'set aside',
      'after 2 s',
      'cleared',
      'after 60 s',
    ]);
  });

  test("records that a session is gone only if a later poll doesn't find it either", async () => {
    const snapshot = sessionSnapshot('s1', { status_detail: 'finished' });
    const resting = { ...rowIn('finished'), snapshot };
    expect(await recordedOf(resting, 'not-there')).toEqual(['after 60 s']);
    expect(await recordedOf(resting, 'not-there', 'trouble', 'not-there')).toEqual(['after 60 s', 'gone']);
    expect(await recordedOf(resting, 'not-there', 'there', 'not-there')).toEqual([
      'after 60 s',
      'after 600 s',
      'after 60 s',
    ]);
  });

  test('polls a missing session again, even if it is over', async () => {
    const over = { ...rowIn('ended'), snapshot: { ...SNAPSHOT, status: 'exit' } };
    expect(await recordedOf(over, 'not-there', 'not-there')).toEqual(['after 60 s', 'gone']);
  });

  test('records each time that a session is still gone, so that the next poll is planned', async () => {
    expect(await recordedOf(rowIn('gone'), 'not-there')).toEqual(['gone']);
  });

  test('records every answer about a session that was gone', async () => {
    expect(await recordedOf(rowIn('gone'), 'there')).toEqual(['poll']);
  });
});

test("a session that can't be recorded waits longer each time, and affects no other", async () => {
  const rows = ['bad', 'good'].map((id) => sessionRow({ sessionId: id, snapshot: sessionSnapshot(id) }));
  const recorded: string[] = [];
  const waits: number[] = [];
  let failures = 0;
  const round = createRound({
    store: {
      polls: {
        due: async () => Promise.resolve(rows),
        bringForward: async () => Promise.resolve(),
        dueCount: async () => Promise.resolve(rows.length),
        reschedule: async (looks) => {
          await Promise.resolve();
          for (const { id, at } of looks) if (id === 'bad') waits.push(at?.getTime() ?? 0);
        },
      },
      setAside: { note: async () => Promise.resolve((failures += 1)), clear: async () => Promise.resolve() },
    },
    poll: async (known) =>
      Promise.resolve({
        answered: known.map(({ sessionId: id }) => sessionSnapshot(id, { title: 'new' })),
        gone: [],
        failed: new Map(),
        trouble: null,
      }),
    recorder: {
      recordPoll: async ({ sessionId: id }) => {
        if (id === 'bad') throw new Error('cannot be stored');
        return Promise.resolve(recorded.push(id) > 0);
      },
      gone: async () => Promise.resolve(),
    },

    enqueue: async () => Promise.resolve(),
    times: { ...ROUND_TIMES, fastestMs: 1000 },
    now: () => 0,
    random: () => 0,
    log: createLog('silent'),
  });
  await round(new AbortController().signal);
  await round(new AbortController().signal);
  expect(recorded).toEqual(['good', 'good']);
  expect(waits).toEqual([2000, 4000]);
});

/** Rounds with this many sessions due, each with these results; what each asks for, and how long it pauses. */
async function pausesOf(due: number, ...troubles: PollTrouble[]) {
  const { log, text } = captureLog();
  const limits: number[] = [];
  const pauses: number[] = [];
  let trouble: PollTrouble | null = null;
  const round = createRound({
    store: {
      polls: {
        due: async ({ limit }) => (limits.push(limit), Promise.resolve([sessionRow()])),
        dueCount: async () => Promise.resolve(due),
        bringForward: async () => Promise.resolve(),
        reschedule: async () => Promise.resolve(),
      },
      setAside: { note: async () => Promise.resolve(1), clear: async () => Promise.resolve() },
    },
    poll: async () => Promise.resolve({ answered: [], gone: [], failed: new Map(), trouble }),
    recorder: { recordPoll: async () => Promise.resolve(true), gone: async () => Promise.resolve() },

    enqueue: async () => Promise.resolve(),
    times: { ...ROUND_TIMES, fastestMs: 1000 },
    now: () => 0,
    random: () => 0,
    log,
  });
  for (trouble of [...troubles, null]) pauses.push(await round(new AbortController().signal));
  return { limits, pauses, logged: text() };
}

test('errors of Devin make pauses longer each time, up to a minute or as long as Devin asks', async () => {
  const busy = { code: 'unavailable', retryAfterMs: null } as const;
  const asking = { code: 'rate-limited', retryAfterMs: 900_000 } as const;
  expect((await pausesOf(1, busy, busy, asking)).pauses).toEqual([2000, 4000, 900_000, ROUND_TIMES.tickMs]);
  const longest = { ...asking, retryAfterMs: 86_400_000 };
  expect((await pausesOf(1, longest)).pauses).toEqual([3_600_000, ROUND_TIMES.tickMs]);
  const { pauses } = await pausesOf(1, ...Array.from({ length: 12 }, () => busy));
  expect(Math.max(...pauses)).toBe(60_000);
  const refused = Array.from({ length: 12 }, () => ({ ...busy, code: 'forbidden' as const }));
  expect(Math.max(...(await pausesOf(1, ...refused)).pauses)).toBe(300_000);
});

test('an outage of Devin is logged once, and its end', async () => {
  const busy = { code: 'unavailable', retryAfterMs: null } as const;
  const { logged } = await pausesOf(1, busy, busy, busy);
  expect(logged.split('polling pauses')).toHaveLength(2);
  expect(logged.split('polling continues')).toHaveLength(2);
});

test('a round fills its batches up with sessions that are due soon', async () => {
  expect((await pausesOf(1)).limits).toEqual([50]);
  expect((await pausesOf(51)).limits).toEqual([100]);
});

test('messages are fetched soon after a change, then less and less often', async () => {
  const clock = { ms: 0 };
  const at = new Date(0);
  const row = sessionRow({ phase: 'working', changedAt: at, phaseAt: at });
  const fetchedAtS: number[] = [];
  const round = createRound({
    store: {
      polls: {
        due: async () => Promise.resolve([row]),
        bringForward: async () => Promise.resolve(),
        dueCount: async () => Promise.resolve(1),
        reschedule: async () => Promise.resolve(),
      },
      setAside: { note: async () => Promise.resolve(1), clear: async () => Promise.resolve() },
    },
    poll: async () =>
      Promise.resolve({ answered: [row.snapshot], gone: [], failed: new Map(), trouble: null }),
    recorder: { recordPoll: async () => Promise.resolve(true), gone: async () => Promise.resolve() },

    enqueue: async (name) => {
      await Promise.resolve();
      if (name === 'relay-from-devin') fetchedAtS.push(clock.ms / 1000);
    },
    times: { ...ROUND_TIMES, fastestMs: 10_000 },
    now: () => clock.ms,
    random: () => 0,
    log: createLog('silent'),
  });
  for (; clock.ms <= 420_000; clock.ms += 10_000) await round(new AbortController().signal);
  expect(fetchedAtS).toEqual([20, 40, 80, 160, 280, 400]);
});
