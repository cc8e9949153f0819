import { pino } from 'pino';
import { expect, test } from 'vitest';
import { createReconciler } from '../../src/restore/reconcile.ts';

test("a search for lost sessions ends when the app stops, even if Devin doesn't name their owners", async () => {
  const never = async () => Promise.reject(new Error('not to be asked'));
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
