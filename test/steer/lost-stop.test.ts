import { expect, test } from 'vitest';
import { bareFacts, DevinError, type DevinErrorCode } from '../../src/devin/errors.ts';
import type { SessionSnapshot } from '../../src/session/snapshot.ts';
import { createLostStop } from '../../src/steer/lost-stop.ts';
import { requestRow } from '../support/request-row.ts';
import { sessionRow } from '../support/session-row.ts';
import { sessionSnapshot } from '../support/session-snapshot.ts';
import { unneeded } from '../support/unneeded.ts';

const MINUTE_MS = 60_000;

type Case = { atDevin: SessionSnapshot | DevinErrorCode; stoppedBy?: string; afterMs?: number };

/** Looks for what became of a Stop by U1 whose answer was lost. */
async function settle({ atDevin, stoppedBy = 'U1', afterMs = MINUTE_MS }: Case) {
  const noted: (string | null | undefined)[] = [];
  const lostStop = createLostStop({
    sessions: {
      change: async (_id, changes) => {
        noted.push(changes.stoppedBy);
        return Promise.resolve();
      },
    },
    devin: {
      get: async () =>
        typeof atDevin === 'string'
          ? Promise.reject(new DevinError({ operation: 'sessions.get', facts: bareFacts(atDevin) }))
          : Promise.resolve(atDevin),
    },
    recordStop: async ({ userId }) => {
      noted.push(userId);
      return Promise.resolve();
    },
    enqueue: unneeded,
    now: () => afterMs,
  });
  const { signal } = new AbortController();
  const followed = { request: requestRow(), session: sessionRow({ stoppedBy }) };
  const againMs = await lostStop.settle(followed, { userId: 'U1', lostAtMs: 0, signal });
  return { noted, again: againMs !== null };
}

const RUNNING = sessionSnapshot('s1');
const ENDED = sessionSnapshot('s1', { status: 'exit' });

test.each<[becomes: string, Case, outcome: Awaited<ReturnType<typeof settle>>]>([
  ['is recorded if the session has ended', { atDevin: ENDED }, { noted: ['U1'], again: false }],
  ['is forgotten if the session goes on', { atDevin: RUNNING }, { noted: [null], again: false }],
  ["leaves another person's Stop", { atDevin: ENDED, stoppedBy: 'U2' }, { noted: [], again: false }],
  ['is forgotten with a session that is gone', { atDevin: 'not-found' }, { noted: [null], again: false }],
  ['stays while Devin is down', { atDevin: 'unavailable' }, { noted: [], again: true }],
  [
    'is forgotten if Devin is down for long',
    { atDevin: 'no-answer', afterMs: 61 * MINUTE_MS },
    { noted: [null], again: false },
  ],
])('a Stop whose answer was lost %s', async (_becomes, given, outcome) => {
  expect(await settle(given)).toEqual(outcome);
});
