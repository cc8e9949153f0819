import { expect, onTestFinished, test, vi } from 'vitest';
import { createMilestoneNotifier } from '../../src/follow/notify-milestones.ts';
import { MOST_FAILURES } from '../../src/store/set-aside.ts';
import { useEmbedded } from '../support/databases.ts';
import { heldLease } from '../support/lease.ts';
import { ID, notifier, startTelling } from '../support/telling.ts';

const open = useEmbedded();

test('a question that is recorded during announcements is announced, too, and not taken for answered', async () => {
  const { deps, told, look } = await startTelling(open);
  const { sessions } = deps.store;
  const tell = notifier({
    ...deps,
    store: {
      ...deps.store,
      sessions: {
        async find(id) {
          const row = await sessions.find(id);
          if (row !== null && row.phase !== 'needs-you') await look({ status_detail: 'waiting_for_user' });
          return row;
        },
      },
    },
  });
  await tell(ID);
  await tell(ID);
  expect(told).toEqual(['needs-you']);
});

test('a question that is recorded before its words are here waits for them, even if another job announces what came before', async () => {
  const { deps, told, look } = await startTelling(open, { tellAfterMs: 15_000 });
  const later = 'pr:https://github.com/acme/web/pull/1';
  const tell = notifier(deps);
  await look({ status_detail: 'waiting_for_user' });
  await deps.store.milestones.add(ID, [later], { afterMs: 3_600_000 });
  const laterMs = await tell(ID);
  expect(laterMs).toBeGreaterThan(0);
  // The first that is due.
  expect(laterMs).toBeLessThanOrEqual(15_000);
  expect(told).toEqual([]);
  await deps.store.milestones.hear(ID, ['needs-you:1', later]);
  expect(await tell(ID)).toBeNull();
  expect(told).toEqual(['needs-you', later]);
});

test('a milestone is announced once, even if Slack is slow with its file', async () => {
  const { deps, told, look } = await startTelling(open);
  await look({ status_detail: 'finished' });
  vi.useFakeTimers({ toFake: ['Date', 'setInterval', 'clearInterval'] });
  onTestFinished(() => void vi.useRealTimers());
  const tell = notifier({
    ...deps,
    shareResult: async () => {
      await vi.advanceTimersByTimeAsync(100_000);
      await other(ID);
      return true;
    },
  });
  const other = notifier(deps);
  await tell(ID);
  expect(told).toEqual(['finished']);
});

test('a result is put into the thread as a file only with the first attempt', async () => {
  const { deps, look } = await startTelling(open);
  await look({ status_detail: 'finished' });
  const shared: string[] = [];
  const tell = notifier({
    ...deps,
    shareResult: async (_place, { sessionId }) => Promise.resolve(shared.push(sessionId) > 0),
    postOnce: async ({ render }) => {
      await render();
      return { kind: 'unclear' };
    },
  });
  await tell(ID);
  await tell(ID);
  expect(shared).toEqual([ID]);
});

test('a pull request that comes after the first attempt to post a result has its own message', async () => {
  const { deps, told, look } = await startTelling(open);
  await look({ status_detail: 'finished' });
  const postOnce = async () => Promise.resolve({ kind: 'unclear' } as const);
  await notifier({ ...deps, postOnce })(ID);
  const url = 'https://github.com/acme/web/pull/1';
  await look({ status_detail: 'finished', pull_requests: [{ pr_url: url, pr_state: 'open' }] });
  await notifier(deps)(ID);
  expect(told).toEqual(['finished', `pr:${url}`]);
});

test('a milestone that keeps failing is set aside, and the next ones are announced', async () => {
  const { deps, told, look } = await startTelling(open);
  await look({ pull_requests: [{ pr_url: 'https://github.com/acme/web/pull/1', pr_state: 'open' }] });
  await look({ status_detail: 'finished' });
  const tell = notifier({
    ...deps,
    compose: async (telling) => {
      if (telling.milestone.kind === 'pr') throw new Error('no');
      return deps.compose(telling);
    },
  });
  for (let count = 1; count < MOST_FAILURES; count += 1) await expect(tell(ID)).rejects.toThrow('no');
  await tell(ID);
  expect(told).toEqual(['finished']);
});

test("a milestone whose notice was interrupted isn't counted as failed", async () => {
  const { deps, look } = await startTelling(open);
  await look({ status_detail: 'finished' });
  const stopping = new AbortController();
  let failures = 0;
  const tell = createMilestoneNotifier({
    ...deps,
    store: {
      ...deps.store,
      setAside: { ...deps.store.setAside, note: async () => Promise.resolve((failures += 1)) },
    },
    compose: async () => {
      stopping.abort();
      return Promise.reject(new Error('no'));
    },
  });
  const rows = await deps.store.milestones.pending(ID);
  await expect(tell(ID, rows, { signal: stopping.signal, lease: heldLease })).rejects.toThrow('no');
  expect(failures).toBe(0);
});

test('a milestone is looked for from when it happened on, although its row is new after a restored backup', async () => {
  const { deps, look } = await startTelling(open);
  const updated_at = 1_700_000_000;
  await look({ status_detail: 'finished', updated_at });
  const since: (Date | undefined)[] = [];
  const tell = notifier({
    ...deps,
    postOnce: async (post) => {
      since.push('since' in post ? post.since : undefined);
      return Promise.resolve({ kind: 'posted', ts: '2.2', earlier: true });
    },
  });
  await tell(ID);
  expect(since).toEqual([new Date(updated_at * 1000)]);
});

test('a milestone that succeeds after a failure leaves no failure behind', async () => {
  const { deps, told, look } = await startTelling(open);
  await look({ status_detail: 'finished' });
  const failures: string[] = [];
  const tell = notifier({
    ...deps,
    store: {
      ...deps.store,
      setAside: {
        note: async (_kind, id) => Promise.resolve(failures.push(id)),
        clear: async (_kind, id) => void (await Promise.resolve(failures.splice(failures.indexOf(id), 1))),
      },
    },
    compose: async (telling) => {
      if (failures.length === 0) throw new Error('no');
      return deps.compose(telling);
    },
  });
  await expect(tell(ID)).rejects.toThrow('no');
  expect(failures).toHaveLength(1);
  await tell(ID);
  expect(told).toEqual(['finished']);
  expect(failures).toEqual([]);
});

test.each([
  ['mentions the requester if nobody wrote for 10 minutes', 10.5, ['finished', 'finished']],
  ['mentions nobody within 10 minutes after a follow-up', 9.5, ['finished']],
])('a session that finishes again %s', async (_what, minutesAgo, expected) => {
  const { deps, told, look } = await startTelling(open);
  const tell = notifier(deps);
  await look({ status_detail: 'finished' });
  await tell(ID);
  const followUp = { eventId: 'e1', source: 'user', text: 'And the docs?', state: 'skipped' as const };
  await deps.store.messages.add(ID, [{ ...followUp, saidAt: new Date(Date.now() - minutesAgo * 60_000) }]);
  await look({ status_detail: 'working' });
  await look({ status_detail: 'finished' });
  await tell(ID);
  expect(told).toEqual(expected);
});
