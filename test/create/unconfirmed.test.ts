import { expect, test } from 'vitest';
import { findUnconfirmed } from '../../src/create/sweep.ts';
import type { Identity } from '../../src/session/identity.ts';
import { requestTag, type RequestState } from '../../src/session/request.ts';
import { createSetting } from '../support/create-context.ts';
import { useEmbedded } from '../support/databases.ts';
import { sessionSnapshot } from '../support/session-snapshot.ts';

const open = useEmbedded();
const DAY_MS = 24 * 3_600_000;
const SPENDER = { teamId: 'T1', userId: 'U1', channelId: 'C1' };
const memberOf = (devinUserId: string): Identity => {
  return { kind: 'matched', devinUserId, name: devinUserId, how: 'administrator', checkedAtMs: 0 };
};

type Lost = { existing?: readonly string[]; whileSearching?: RequestState };

/** A request that was lost twice, as one member; its person was linked to another since. */
async function searching(state: RequestState, { existing = [], whileSearching }: Lost = {}) {
  const { c, store, insert, find } = await createSetting(open);
  const sessionSecrets = [{ key: 'TOKEN', value: 'hush', sensitive: true }];
  const sealed = store.envelopes.close('r1', { sessionSecrets });
  await insert(state, { identity: memberOf('user-since') }, { sealed, secretNames: ['TOKEN'] });
  await store.db.transaction().execute(async (trx) => {
    for (const at of [new Date(1000), new Date(2000)]) {
      await store.ledger.reserve({ requestId: 'r1', ...SPENDER, cap: 10, at }, trx);
      const lost = { requestId: 'r1', sentAt: at, lostAt: at, nextLookAt: at };
      await store.ledger.lose({ ...lost, identity: memberOf('user-before') }, trx);
    }
    const own = { sessionId: 's1', snapshot: sessionSnapshot('s1') };
    const place = { requestId: 'r1', teamId: 'T1', channelId: 'C1', threadTs: '1.0' };
    if (state === 'created') await store.sessions.bind({ ...own, ...place }, trx);
  });
  if (state === 'created')
    await store.requests.advance({ id: 'r1', from: state, to: state, changes: { sessionId: 's1' } });
  const become = async (to: RequestState) =>
    store.requests.advance({ id: 'r1', from: (await find()).state, to });
  let searches = 0;
  c.devin.sessions.listAll = async () => {
    searches += 1;
    if (whileSearching !== undefined) await become(whileSearching);
    return existing.map((id) =>
      sessionSnapshot(id, {
        user_id: id === 'other' ? 'user-since' : 'user-before',
        tags: [requestTag('r1')],
      }),
    );
  };
  let nowMs = 3000;
  c.tuning.now = () => nowMs;
  return {
    find,
    searches: () => searches,
    look: async (afterMs = 3_600_000) => {
      await findUnconfirmed(c, new AbortController().signal);
      nowMs += afterMs;
    },
    hasSecrets: async () => (await find()).sealed !== null,
    /** The session of each creation that counts for the budgets; null: it isn't known. */
    counted: async () =>
      (await store.db.selectFrom('ledger').select('sessionId').orderBy('id').execute()).map(
        ({ sessionId: id }) => id,
      ),
    isSearching: async () => (await store.ledger.lost(new Date(10 * DAY_MS))).length > 0,
  };
}

test('extra sessions of a request, as the member it was sent for, count for the budgets, and are no longer searched for', async () => {
  const { look, counted, isSearching } = await searching('created', { existing: ['other', 's2', 's3'] });
  await look();
  expect(await counted()).toEqual(['s2', 's3']);
  expect(await isSearching()).toBe(false);
});

test('the budgets get back what was reserved for lost sessions once the search for them ends', async () => {
  const { look, counted } = await searching('unknown');
  await look(DAY_MS);
  expect(await counted()).toEqual([null, null]);
  await look();
  expect(await counted()).toEqual([]);
});

test.each<[what: string, state: RequestState, stay: boolean]>([
  ['are erased once nobody searches for it any more', 'unknown', false],
  ['stay if a person has started it anyway', 'ready', true],
])('the secrets of a request that was not confirmed %s', async (_what, state, stay) => {
  const { look, find, hasSecrets } = await searching(state);
  await look(DAY_MS);
  expect(await hasSecrets()).toBe(true);
  await look();
  expect(await hasSecrets()).toBe(stay);
  expect((await find()).failure).toEqual(stay ? null : { kind: 'secrets-lost' });
});

test('a late session is left alone while its request is being sent again', async () => {
  const { look, searches } = await searching('sending', { existing: ['s2'] });
  await look();
  expect(searches()).toBe(0);
});

test.each([
  ['is adopted', {}, { state: 'created', sessionId: 's2' }],
  ["isn't adopted if its request is sent again meanwhile", { whileSearching: 'ready' }, { state: 'ready' }],
] as const)('a late session %s', async (_when, meanwhile, expected) => {
  const { look, find } = await searching('unknown', { existing: ['s2'], ...meanwhile });
  await look();
  expect(await find()).toMatchObject(expected);
});
