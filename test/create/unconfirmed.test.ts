import { expect, test } from 'vitest';
import { createSettleStep, createUnconfirmedFinder } from '../../src/create/unconfirmed.ts';
import { createLog } from '../../src/log.ts';
import type { Lease } from '../../src/queue/index.ts';
import { devinUserOf, type Identity } from '../../src/session/identity.ts';
import type { RequestState } from '../../src/session/request.ts';
import { createEnvelopes, createSeal } from '../../src/store/envelope.ts';
import { createLedger } from '../../src/store/ledger.ts';
import type { RequestChanges } from '../../src/store/request-row.ts';
import { createRequests } from '../../src/store/requests.ts';
import { createSessions } from '../../src/store/sessions.ts';
import { databaseClock } from '../../src/store/sql.ts';
import { createUnconfirmedCreates } from '../../src/store/unconfirmed-creates.ts';
import { useEmbedded } from '../support/databases.ts';
import { heldLease } from '../support/lease.ts';
import { newRequest, requestRow } from '../support/request-row.ts';
import { sessionSnapshot } from '../support/session-snapshot.ts';

const open = useEmbedded();
const envelopes = createEnvelopes(createSeal(Buffer.alloc(32)));
const SEALED = envelopes.close('r1', { sessionSecrets: [{ key: 'TOKEN', value: 'hush', sensitive: true }] });
const DAY_MS = 24 * 3_600_000;
const SPENDER = { teamId: 'T1', userId: 'U1', channelId: 'C1' };
const memberOf = (devinUserId: string): Identity => {
  return { kind: 'matched', devinUserId, name: devinUserId, how: 'administrator', checkedAtMs: 0 };
};

/** A request that was lost twice, and is in these states each time it's read; the last one stays. */
async function searching(
  initial: readonly RequestState[],
  existing: readonly string[] = [],
  lostAts = [1000, 2000],
) {
  let states = initial;
  const { db } = await open();
  const unconfirmedCreates = createUnconfirmedCreates(db);
  const ledger = createLedger(db, databaseClock);
  const sessions = createSessions(db);
  const { signal } = new AbortController();
  await createRequests(db).insert([newRequest('r1')]);
  const place = { requestId: 'r1', teamId: 'T1', channelId: 'C1', threadTs: '1.0' };
  const own = { sessionId: 's1', url: 'https://devin.example/s1', snapshot: sessionSnapshot('s1') };
  await db.transaction().execute(async (trx) => {
    for (const at of lostAts.map((ms) => new Date(ms))) {
      const lost = { requestId: 'r1', sentAt: at, lostAt: at, nextLookAt: at };
      await unconfirmedCreates.add({ ...lost, identity: memberOf('user-before') }, trx);
      await ledger.reserve({ requestId: 'r1', ...SPENDER, cap: 10, at }, trx);
    }
    await sessions.bind({ ...own, ...place }, trx);
  });
  const lookedForAs = new Set<string | null>();
  const adopted: string[] = [];
  const changed: (RequestChanges | undefined)[] = [];
  let reads = 0;
  let nowMs = 3000;
  const look = createUnconfirmedFinder({
    store: {
      db,
      unconfirmedCreates,
      ledger,
      envelopes,
      requests: {
        find: async () => {
          const state = states[Math.min((reads += 1), states.length) - 1];
          const identity = memberOf('user-since');
          return Promise.resolve(
            requestRow({ id: 'r1', sessionId: 's1', identity, ...(state && { state }) }),
          );
        },
      },
      sessions,
      messages: { addMilestones: async () => Promise.resolve() },
    },
    transitions: {
      moveLocked: async (_id, plan) => {
        const state = states.at(-1);
        const move = plan(
          requestRow({ id: 'r1', hadSecrets: true, sealed: SEALED, ...(state && { state }) }),
        );
        if (move !== null) changed.push(move.changes);
        return Promise.resolve(move !== null);
      },
    },

    search: {
      find: async (missing) => {
        for (const { identity } of missing) lookedForAs.add(devinUserOf(identity));
        return Promise.resolve(new Map([['r1', existing.map((id) => sessionSnapshot(id))]]));
      },
    },
    adopt: async (_request, { sessionId }) => (adopted.push(sessionId), Promise.resolve({ kind: 'leave' })),
    enqueue: async () => Promise.resolve(),
    now: () => nowMs,
    log: createLog('silent'),
  });
  return {
    lookedForAs,
    adopted,
    changed,
    become: (state: RequestState) => void (states = [state]),
    look: async (afterMs = 3_600_000) => {
      const pauseMs = await look(signal);
      nowMs += afterMs;
      return pauseMs;
    },
    /** The session of each creation that counts for the budgets; null: it isn't known. */
    counted: async () =>
      (await db.selectFrom('ledger').select('sessionId').orderBy('id').execute()).map(
        ({ sessionId: id }) => id,
      ),
    isSearching: async () => (await unconfirmedCreates.due(new Date(10 * DAY_MS))).length > 0,
  };
}

test('a late session is searched for as the member of its request, even after the person was linked anew', async () => {
  const { look, lookedForAs } = await searching(['created']);
  await look();
  expect([...lookedForAs]).toEqual(['user-before']);
});

test('extra sessions of a request count for the budgets, and are no longer searched for', async () => {
  const { look, counted, isSearching } = await searching(['created'], ['s2', 's3']);
  await look();
  expect(await counted()).toEqual(['s2', 's3']);
  expect(await isSearching()).toBe(false);
});

test('the budgets get back what was reserved for lost sessions once the search for them ends', async () => {
  const { look, counted } = await searching(['unknown']);
  await look(DAY_MS);
  expect(await counted()).toEqual([null, null]);
  await look();
  expect(await counted()).toEqual([]);
});

test.each<[what: string, state: RequestState, changes: object[]]>([
  [
    'are erased once nobody searches for it any more',
    'unknown',
    [{ sealed: null, failure: { kind: 'secrets-lost' } }],
  ],
  ['stay if a person has started it anyway', 'attached', []],
  ['are not missed once a person has started it anyway', 'created', []],
])('the secrets of a request that was not confirmed %s', async (_what, state, changes) => {
  const { look, changed } = await searching([state]);
  await look(DAY_MS);
  expect(changed).toEqual([]);
  await look();
  expect(changed.slice(0, 1)).toEqual(changes);
});

test('secrets are erased once a request that waited for an approval for too long is not confirmed again', async () => {
  const { look, changed, become } = await searching(['awaiting-approval']);
  await look(DAY_MS);
  await look();
  expect(changed).toEqual([]);
  become('unknown');
  await look();
  expect(changed.slice(0, 1)).toEqual([{ sealed: null, failure: { kind: 'secrets-lost' } }]);
});

test('the secrets of a request stay until the search for its last attempt ends', async () => {
  const { look, changed } = await searching(['unknown'], [], [1000, DAY_MS]);
  await look(DAY_MS);
  await look(DAY_MS);
  expect(changed).toEqual([]);
  await look();
  expect(changed).toEqual([{ sealed: null, failure: { kind: 'secrets-lost' } }]);
});

test('a late session is left alone while its request is being sent again', async () => {
  const { look, lookedForAs } = await searching(['sending'], ['s2']);
  await look();
  expect(lookedForAs.size).toBe(0);
});

test.each<[when: string, states: RequestState[], adopted: string[]]>([
  ['is adopted', ['unknown'], ['s2']],
  ["isn't adopted if its request is sent again meanwhile", ['unknown', 'unknown', 'attached'], []],
])('a late session %s', async (_when, states, expected) => {
  const { look, adopted } = await searching(states, ['s2']);
  await look();
  expect([...new Set(adopted)]).toEqual(expected);
});

/** How the search after a lost answer ends: what was adopted under which lease, and where the request moved. */
async function settle(found: 'found' | 'elsewhere') {
  const session = sessionSnapshot('s1');
  const adopted: unknown[] = [];
  const moved: unknown[] = [];
  const lease: Lease = { ...heldLease };
  const request = requestRow({ state: 'sending' });
  const advanced =
    found === 'elsewhere' ? ({ kind: 'leave' } as const) : ({ kind: 'next', request } as const);
  const step = createSettleStep({
    search: { findOne: async () => Promise.resolve(session) },
    adopt: async (_request, { sessionId }, how) => {
      adopted.push({ sessionId, isHeld: how?.lease === lease });
      return Promise.resolve({ kind: 'leave' });
    },
    flow: {
      advance: async (_run, { to }) => (moved.push(to), Promise.resolve(advanced)),
      end: async () => Promise.resolve({ kind: 'leave' }),
      endApproval: async () => Promise.resolve({ kind: 'leave' }),
      wait: async () => Promise.resolve({ kind: 'leave' }),
      afterLookup: async () => Promise.resolve({ kind: 'leave' }),
    },
    searchUntilFound: async (look) => look(),
  });
  await step({ request, lease, signal: new AbortController().signal });
  return { adopted, moved };
}

test('nothing is searched for if another process moved the request meanwhile', async () => {
  expect(await settle('elsewhere')).toEqual({ adopted: [], moved: ['sending'] });
});

test('a session that is found is adopted only while no other process has taken over', async () => {
  expect(await settle('found')).toEqual({
    adopted: [{ sessionId: 's1', isHeld: true }],
    moved: ['sending'],
  });
});
