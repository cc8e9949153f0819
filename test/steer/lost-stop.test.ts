import { expect, test } from 'vitest';
import { bareFacts, DevinError, type DevinErrorCode } from '../../src/devin/errors.ts';
import type { SessionSnapshot } from '../../src/session/snapshot.ts';
import { createLostStop } from '../../src/steer/lost-stop.ts';
import { useEmbedded } from '../support/databases.ts';
import { requestRow } from '../support/request-row.ts';
import { sessionRow } from '../support/session-row.ts';
import { sessionSnapshot } from '../support/session-snapshot.ts';
import { unneeded } from '../support/unneeded.ts';

const open = useEmbedded();
const MINUTE_MS = 60_000;
const RUNNING = sessionSnapshot('s1');
const ENDED = sessionSnapshot('s1', { status: 'exit' });

type Case = {
  atDevin: SessionSnapshot | DevinErrorCode;
  stoppedBy?: string | null;
  /** What is recorded of the session. */
  known?: SessionSnapshot;
  /** The same, once Devin has answered. */
  knownAfter?: SessionSnapshot;
  afterMs?: number;
};

/** Looks for what became of a Stop by U1 whose answer was lost. */
async function settle(given: Case) {
  const { atDevin, stoppedBy = 'U1', known = RUNNING, knownAfter = known, afterMs = MINUTE_MS } = given;
  const noted: (string | null | undefined)[] = [];
  const { db } = await open();
  const lostStop = createLostStop({
    db,
    sessions: {
      lock: async () => Promise.resolve(sessionRow({ stoppedBy, snapshot: knownAfter })),
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
  const followed = { request: requestRow(), session: sessionRow({ stoppedBy, snapshot: known }) };
  const againMs = await lostStop.settle(followed, { userId: 'U1', lostAtMs: 0, signal });
  return { noted, again: againMs !== null };
}

test.each<[becomes: string, Case, outcome: Awaited<ReturnType<typeof settle>>]>([
  ['is recorded if the session has ended', { atDevin: ENDED }, { noted: ['U1'], again: false }],
  ['is forgotten if the session goes on', { atDevin: RUNNING }, { noted: [null], again: false }],
  [
    'is recorded if the session is known to have ended, whatever Devin says',
    { atDevin: 'forbidden', known: ENDED },
    { noted: ['U1'], again: false },
  ],
  [
    "leaves another person's Stop that was done",
    { atDevin: ENDED, known: ENDED, stoppedBy: 'U2' },
    { noted: [], again: false },
  ],
  [
    "waits for what becomes of another person's Stop",
    { atDevin: ENDED, stoppedBy: 'U2' },
    { noted: [], again: true },
  ],
  [
    "waits for another person's Stop no longer than Devin may be down",
    { atDevin: ENDED, stoppedBy: 'U2', afterMs: 61 * MINUTE_MS },
    { noted: [], again: false },
  ],
  [
    'is not forgotten if the person has stopped the session meanwhile',
    { atDevin: RUNNING, knownAfter: ENDED },
    { noted: [], again: false },
  ],
  ['has been taken back', { atDevin: ENDED, stoppedBy: null }, { noted: [], again: false }],
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
