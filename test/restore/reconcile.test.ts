import { pino } from 'pino';
import { expect, test } from 'vitest';
import { createReconciler } from '../../src/restore/reconcile.ts';
import { captureLog } from '../support/log-lines.ts';
import { sessionSnapshot } from '../support/session-snapshot.ts';

const never = async (): Promise<never> => Promise.reject(new Error('not to be asked'));

test("a search for lost sessions ends when the app stops, even if Devin doesn't name their owners", async () => {
  const reconcile = createReconciler({
    serviceUserId: async ({ signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(new Error('stopped')));
      }),
    listSessions: never,
    devinTime: never,
    sessions: { bound: never },
    requests: { find: never },
    ledger: { add: never, isEmpty: never },
    teamId: () => 'T1',
    adopt: never,
    enqueue: never,
    log: pino({ level: 'silent' }),
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
  const reconcile = createReconciler({
    serviceUserId: async () => Promise.resolve(null),
    listSessions: async (_query, { maxItems }) =>
      Promise.resolve(Array.from({ length: maxItems - fewer }, () => sessionSnapshot('s1'))),
    devinTime: async () => Promise.resolve(null),
    sessions: { bound: async () => Promise.resolve(new Set(['s1'])) },
    requests: { find: never },
    ledger: { add: never, isEmpty: async () => Promise.resolve(true) },
    teamId: () => 'T1',
    adopt: never,
    enqueue: never,
    log,
  });
  await reconcile(new AbortController().signal);
  expect(text().includes('more sessions than are read')).toBe(fewer === 0);
});

test('a search for lost sessions leaves alone what others started with the same key', async () => {
  const reconcile = createReconciler({
    serviceUserId: async () => Promise.resolve('service-user-1'),
    listSessions: async () => Promise.resolve([sessionSnapshot('s1', { tags: ['nightly'] })]),
    devinTime: async () => Promise.resolve(new Date()),
    sessions: { bound: async () => Promise.resolve(new Set()) },
    requests: { find: never },
    ledger: { add: never, isEmpty: async () => Promise.resolve(false) },
    teamId: () => 'T1',
    adopt: never,
    enqueue: never,
    log: pino({ level: 'silent' }),
  });
  await expect(reconcile(new AbortController().signal)).resolves.toBeUndefined();
});
