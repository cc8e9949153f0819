import { pino } from 'pino';
import { expect, test } from 'vitest';
import { payloads } from '../../src/queue/payloads.ts';
import { createReconciler } from '../../src/restore/reconcile.ts';
import type { Identity } from '../../src/session/identity.ts';
import { requestTag, type RequestState } from '../../src/session/request.ts';
import { captureLog } from '../support/log-lines.ts';
import { requestRow } from '../support/request-row.ts';
import { sessionSnapshot } from '../support/session-snapshot.ts';
import { unneeded } from '../support/unneeded.ts';

type Deps = Parameters<typeof createReconciler>[0];
type Given = Partial<Omit<Deps, 'store'>> & { store?: Partial<Deps['store']> };

/** What a test doesn't name is never asked, or says nothing. */
function createSearch({ store = {}, ...deps }: Given) {
  return createReconciler({
    serviceUserId: async () => Promise.resolve(null),
    listSessions: unneeded,
    devinTime: async () => Promise.resolve(null),
    store: {
      sessions: { bound: async () => Promise.resolve(new Set()) },
      requests: { find: unneeded },
      ledger: { add: unneeded, isEmpty: async () => Promise.resolve(false) },
      ...store,
    },
    teamId: () => 'T1',
    adopt: unneeded,
    enqueue: unneeded,
    log: pino({ level: 'silent' }),
    ...deps,
  });
}

test("a search for lost sessions ends when the app stops, even if Devin doesn't name their owners", async () => {
  const reconcile = createSearch({
    serviceUserId: async ({ signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(new Error('stopped')));
      }),
  });
  const stopping = new AbortController();
  const searched = reconcile(stopping.signal);
  stopping.abort();
  await expect(searched).rejects.toThrow('stopped');
});

test.each([
  ['says so', 0],
  ['says nothing if it read all', 1],
])('a search that may have missed sessions %s', async (_what, fewer) => {
  const { log, text } = captureLog();
  const reconcile = createSearch({
    listSessions: async (_query, { maxItems }) =>
      Promise.resolve(Array.from({ length: maxItems - fewer }, () => sessionSnapshot('s1'))),
    store: { sessions: { bound: async () => Promise.resolve(new Set(['s1'])) } },
    log,
  });
  await reconcile(new AbortController().signal);
  expect(text().includes('more sessions than are read')).toBe(fewer === 0);
});

test('a search for lost sessions leaves alone what others started with the same key', async () => {
  const reconcile = createSearch({
    listSessions: async () => Promise.resolve([sessionSnapshot('s1', { tags: ['nightly'] })]),
  });
  await expect(reconcile(new AbortController().signal)).resolves.toBeUndefined();
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
  const reconcile = createSearch({
    serviceUserId: async () => Promise.resolve(ownId),
    listSessions: async () =>
      Promise.resolve([sessionSnapshot('s1', { tags, user_id: 'user-ana', created_at: NOW_S, ...session })]),
    devinTime: async () => Promise.resolve(new Date(NOW_S * 1000)),
    store: {
      sessions: { bound: async () => Promise.resolve(new Set(isBound ? ['s1'] : [])) },
      requests: { find: async () => Promise.resolve(row) },
      ledger: { add: note('counted'), isEmpty: async () => Promise.resolve(false) },
    },
    adopt: async (_request, _session, how) => {
      done.push(how?.asked === true ? 'adopted' : 'adopted late');
      return Promise.resolve({ kind: 'leave' });
    },
    enqueue: note('searched for'),
  });
  await reconcile(new AbortController().signal);
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
  ['of a request whose row, from a backup, says that it was not sent', {}, 'identified', ['adopted']],
])(
  'a session with our tag that is bound to no request is known by its request and its person: %s',
  async (_what, session, state, done) => {
    expect(await reconciled(session, state)).toEqual(done);
  },
);

test('a session that is bound to a request is left alone', async () => {
  expect(await reconciled({}, null, { isBound: true })).toEqual([]);
});

test("a session of a lost request counts if Devin doesn't say who this app is", async () => {
  const session = { service_user_id: 'service-user-2' };
  expect(await reconciled(session, null, { ownId: null })).toEqual(['counted', 'searched for']);
});

test('of more lost sessions than are searched for, the oldest stay lost', async () => {
  const searched: string[] = [];
  const sessions = Array.from({ length: 201 }, (_none, at) =>
    sessionSnapshot(`s${at}`, { tags: [requestTag(`r${at}`)], created_at: at }),
  );
  const reconcile = createSearch({
    listSessions: async () => Promise.resolve(sessions),
    store: {
      requests: { find: async () => Promise.resolve(null) },
      ledger: { add: async () => Promise.resolve(), isEmpty: async () => Promise.resolve(false) },
    },
    enqueue: async (_name, payload) => {
      searched.push(...payloads['restore-sessions'].parse(payload).lost.map(({ sessionId }) => sessionId));
      return Promise.resolve();
    },
  });
  await reconcile(new AbortController().signal);
  expect(searched).toHaveLength(200);
  expect(searched).not.toContain('s0');
});

test.each([
  ['running', true],
  ['exit', false],
])(
  'a session of a lost request that is %s counts with what it used, and as open: %s',
  async (status, isOpen) => {
    const counted: unknown[] = [];
    const reconcile = createSearch({
      listSessions: async () =>
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
    await reconcile(new AbortController().signal);
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
  const reconcile = createSearch({
    listSessions: async ({ createdAfter }) => {
      asked.push(createdAfter);
      return Promise.resolve([]);
    },
    devinTime: async () => Promise.resolve(new Date(time)),
    store: { ledger: { add: unneeded, isEmpty: async () => Promise.resolve(isEmpty) } },
  });
  await reconcile(new AbortController().signal);
  expect(asked).toEqual([Date.parse(since) / 1000]);
});
