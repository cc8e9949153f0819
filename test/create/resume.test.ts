import { expect, test } from 'vitest';
import { createResumer } from '../../src/create/resume.ts';
import type { Onward } from '../../src/create/transitions.ts';
import type { RequestState } from '../../src/session/request.ts';
import { requestRow } from '../support/request-row.ts';
import { sessionSnapshot } from '../support/session-snapshot.ts';

const AT = new Date('2026-01-01T00:00:00.123Z');
const SURELY_BEFORE = new Date('2025-12-31T23:50:00.123Z');
const LATER = new Date('2026-01-01T00:01:00.123Z');
const NOW = new Date('2026-01-01T00:05:00Z');

type Pressed = { how: 'try-again' | 'check-again' | 'start-anyway'; state: RequestState };

type Meanwhile = {
  isFound?: boolean;
  resumedAtMs?: number | null;
  restartedAt?: Date;
  prompt?: string | undefined;
};

/** What a button does to a request, if a search finds its session or not. `restartedAt`: during that search. */
async function press(
  { how, state }: Pressed,
  { isFound = false, resumedAtMs = AT.getTime(), restartedAt = AT, ...task }: Meanwhile = {},
): Promise<unknown[]> {
  const done: unknown[] = [];
  const note = ({ to, changes, effects }: Onward): void => {
    done.push({ to, ...changes, effects });
  };
  const values = { prompt: 'fix it' };
  const request = requestRow({ state, resumedAt: AT, draft: { values, sources: {} } });
  // As it is once it's locked.
  const locked = {
    ...request,
    resumedAt: restartedAt,
    draft: { ...request.draft, values: { ...values, ...task } },
  };
  const resume = createResumer({
    store: { requests: { find: async () => Promise.resolve(request) } },
    search: {
      findOne: async () => Promise.resolve(isFound ? sessionSnapshot('s1', {}) : null),
    },
    adopt: async (_request, { sessionId }, { asked } = {}) => {
      done.push({ sessionId, asked });
      return Promise.resolve({ kind: 'leave' });
    },
    transitions: {
      move: async (move) => {
        note(move);
        return Promise.resolve(null);
      },
      moveLocked: async (_id, plan) => {
        const move = plan(locked);
        if (move !== null) note(move);
        return Promise.resolve(move !== null);
      },
    },
    enqueue: async (name, payload) => void (await Promise.resolve(done.push({ [name]: payload }))),
    now: () => NOW.getTime(),
  });
  await resume({ requestId: request.id, how, resumedAtMs });
  return done;
}

const ANEW = {
  checkedAt: null,
  failure: null,
  sentAt: null,
  approved: [],
  material: null,
  resumedAt: NOW,
  effects: { card: 'now', run: true },
};

test.each<[does: string, pressed: Pressed, expected: object]>([
  [
    '"Try again" starts a failed request from the beginning, with nothing approved',
    { how: 'try-again', state: 'failed' },
    { to: 'accepted', ...ANEW },
  ],
  [
    '"Try again" starts a refused one, too',
    { how: 'try-again', state: 'refused' },
    { to: 'accepted', ...ANEW },
  ],
  [
    '"Check again" shows on the card when it found nothing',
    { how: 'check-again', state: 'unknown' },
    { to: 'unknown', checkedAt: NOW, effects: { card: 'now' } },
  ],
  [
    '"Start anyway" sends what was prepared once more, after a search',
    { how: 'start-anyway', state: 'unknown' },
    { to: 'attached', ...ANEW, sentAt: SURELY_BEFORE },
  ],
])('%s', async (_does, pressed, expected) => {
  expect(await press(pressed)).toEqual([expected]);
});

test.each([
  { how: 'try-again', state: 'failed' },
  { how: 'start-anyway', state: 'unknown' },
] as const)('$how starts nothing once the task was deleted, and tells the person', async (pressed) => {
  const told = { 'tell-person': { requestId: 'request', notice: 'task-deleted' } };
  expect(await press(pressed, { prompt: undefined })).toEqual([told]);
});

test.each<[which: string, pressed: Pressed, resumedAtMs?: number | null]>([
  ['of an earlier attempt', { how: 'start-anyway', state: 'unknown' }, null],
  ['that tries a request again that waits', { how: 'try-again', state: 'accepted' }],
  ['that tries an unconfirmed request again', { how: 'try-again', state: 'unknown' }],
  ['that checks a request again that is sent once more', { how: 'check-again', state: 'sending' }],
  ['that starts a request anyway that failed', { how: 'start-anyway', state: 'failed' }],
])('a button %s does nothing', async (_which, pressed, resumedAtMs = AT.getTime()) => {
  expect(await press(pressed, { isFound: true, resumedAtMs })).toEqual([]);
});

test.each(['try-again', 'start-anyway'] as const)(
  '%s starts nothing if another press was quicker',
  async (how) => {
    const state = how === 'try-again' ? 'failed' : 'unknown';
    expect(await press({ how, state }, { restartedAt: LATER })).toEqual([]);
  },
);
