import { pino } from 'pino';
import { expect, test } from 'vitest';
import { reconcile } from '../../src/restore/index.ts';
import type { Identity } from '../../src/session/identity.ts';
import { requestTag, type RequestState } from '../../src/session/request.ts';
import { requestRow } from '../support/request-row.ts';
import { sessionSnapshot } from '../support/session-snapshot.ts';
import { unneeded } from '../support/unneeded.ts';

type ReconcileContext = Parameters<typeof reconcile>[0];
type Given = Partial<Pick<ReconcileContext, 'adopt' | 'enqueue'>> & {
  serviceUserId?: string | null;
  devinTime?: ReconcileContext['devin']['time'];
  listAll?: ReconcileContext['devin']['sessions']['listAll'];
  store?: Partial<ReconcileContext['store']>;
  log?: ReconcileContext['tuning']['log'];
};

/** What a test doesn't name is never asked, or says nothing. */
async function reconcileWith({ store = {}, log = pino({ level: 'silent' }), ...given }: Given) {
  const { serviceUserId = null, listAll = unneeded, devinTime = async () => Promise.resolve(null) } = given;
  const context: ReconcileContext = {
    devin: {
      self: {
        get: async () => Promise.resolve({ principalType: 'service_user', serviceUserId, orgId: null }),
      },
      time: devinTime,
      sessions: { listAll },
    },
    store: {
      sessions: { bound: async () => Promise.resolve(new Set()) },
      requests: { find: unneeded },
      ledger: { add: unneeded, isEmpty: async () => Promise.resolve(false) },
      ...store,
    },
    slack: { teamId: () => 'T1' },
    adopt: given.adopt ?? unneeded,
    enqueue: given.enqueue ?? unneeded,
    tuning: { log },
  };
  await reconcile(context, new AbortController().signal);
}

test('a search for lost sessions leaves alone what others started with the same key', async () => {
  const nightly = sessionSnapshot('s1', { tags: ['nightly'] });
  await expect(reconcileWith({ listAll: async () => Promise.resolve([nightly]) })).resolves.toBeUndefined();
});

const NOW_S = 2_000_000;

type Known = { isBound?: boolean; ownId?: string | null };

/** What becomes of a session with the tag of request r1, which has this state; null: it isn't known. */
async function reconciled(
  session: object,
  state: RequestState | null,
  { isBound = false, ownId = 'service-user-1' }: Known = {},
): Promise<string[]> {
  const done: string[] = [];
  const identity: Identity = {
    kind: 'matched',
    devinUserId: 'user-ana',
    name: 'Ana',
    how: 'email',
    checkedAtMs: 0,
  };
  const row = state === null ? null : requestRow({ id: 'r1', state, identity });
  const note = (what: string) => async () => {
    done.push(what);
    return Promise.resolve();
  };
  const tags = [requestTag('r1')];
  await reconcileWith({
    serviceUserId: ownId,
    listAll: async () =>
      Promise.resolve([sessionSnapshot('s1', { tags, user_id: 'user-ana', created_at: NOW_S, ...session })]),
    devinTime: async () => Promise.resolve(new Date(NOW_S * 1000)),
    store: {
      sessions: { bound: async () => Promise.resolve(new Set(isBound ? ['s1'] : [])) },
      requests: { find: async () => Promise.resolve(row) },
      ledger: { add: note('counted'), isEmpty: async () => Promise.resolve(false) },
    },
    adopt: async (_request, { asked }) => {
      done.push(asked === true ? 'adopted' : 'adopted late');
      return Promise.resolve(true);
    },
    enqueue: note('searched for'),
  });
  return done;
}

test.each<[string, object, RequestState | null, string[]]>([
  ['of a lost request', {}, null, ['counted', 'searched for']],
  [
    'of a lost request, by this app',
    { service_user_id: 'service-user-1' },
    null,
    ['counted', 'searched for'],
  ],
  ['of a lost request, over a week old', { created_at: 1 }, null, ['counted']],
  ['by another app', { service_user_id: 'service-user-2' }, null, []],
  ['that another session started', { parent_session_id: 's0' }, null, []],
  ['of a request without an answer', {}, 'sending', ['adopted']],
  ['of a request that was not confirmed', {}, 'unknown', ['adopted late']],
  ['of a request without an answer, as another person', { user_id: 'user-eve' }, 'sending', []],
  ['of a request that has a session', {}, 'created', []],
  ['of a request whose row, from a backup, says that it was not sent', {}, 'ready', ['adopted']],
])(
  'a session with our tag that is bound to no request is known by its request and its person: %s',
  async (_what, session, state, done) => {
    expect(await reconciled(session, state)).toEqual(done);
  },
);

test("a session of a lost request counts if Devin doesn't say who this app is", async () => {
  const session = { service_user_id: 'service-user-2' };
  expect(await reconciled(session, null, { ownId: null })).toEqual(['counted', 'searched for']);
});

test.each([
  ['running', true],
  ['exit', false],
])(
  'a session of a lost request that is %s counts with what it used, and as open: %s',
  async (status, isOpen) => {
    const counted: unknown[] = [];
    await reconcileWith({
      listAll: async () =>
        Promise.resolve([
          sessionSnapshot('s1', { tags: [requestTag('r1')], created_at: NOW_S, acus_consumed: 3, status }),
        ]),
      store: {
        requests: { find: async () => Promise.resolve(null) },
        ledger: {
          add: async (found) => void (await Promise.resolve(counted.push(found))),
          isEmpty: async () => Promise.resolve(false),
        },
      },
      enqueue: async () => Promise.resolve(),
    });
    const startedAt = new Date(NOW_S * 1000);
    expect(counted).toMatchObject([{ sessionId: 's1', requestId: 'r1', consumed: 3, startedAt, isOpen }]);
  },
);

test.each([
  ['2026-11-26T00:00:00Z', false, '2026-11-19T00:00:00Z'],
  ['2026-11-26T00:00:00Z', true, '2026-11-01T00:00:00Z'],
  ['2026-11-03T00:00:00Z', true, '2026-10-27T00:00:00Z'],
])('at %s, with nothing counted yet: %s, sessions since %s are read', async (time, isEmpty, since) => {
  const asked: unknown[] = [];
  await reconcileWith({
    listAll: async ({ createdAfter }) => {
      asked.push(createdAfter);
      return Promise.resolve([]);
    },
    devinTime: async () => Promise.resolve(new Date(time)),
    store: { ledger: { add: unneeded, isEmpty: async () => Promise.resolve(isEmpty) } },
  });
  expect(asked).toEqual([Date.parse(since) / 1000]);
});
