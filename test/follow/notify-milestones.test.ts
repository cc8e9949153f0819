import { sql } from 'kysely';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createMilestoneNotifier, type MilestoneNotice } from '../../src/follow/notify-milestones.ts';
import { createRecorder } from '../../src/follow/record.ts';
import { createLog } from '../../src/log.ts';
import { createPostOnce, createWithLease, HELD_WAIT_MS } from '../../src/queue/index.ts';
import type { Rendered } from '../../src/slack/blocks/objects.ts';
import type { MessageMetadata } from '../../src/slack/metadata.ts';
import type { CardPlace, Posted } from '../../src/slack/outbound.ts';
import { createCalls } from '../../src/store/calls.ts';
import { createCards } from '../../src/store/cards.ts';
import { createLeases } from '../../src/store/leases.ts';
import { createLedger } from '../../src/store/ledger.ts';
import { createMilestones } from '../../src/store/milestones.ts';
import { createPosts } from '../../src/store/posts.ts';
import { createRequests } from '../../src/store/requests.ts';
import { createSessionMessages } from '../../src/store/session-messages.ts';
import { createSessions } from '../../src/store/sessions.ts';
import { createSetAside, MOST_FAILURES } from '../../src/store/set-aside.ts';
import { databaseClock } from '../../src/store/sql.ts';
import { createBudget } from '../../src/trust/budget.ts';
import { useEmbedded } from '../support/databases.ts';
import { newRequest } from '../support/request-row.ts';
import { sessionSnapshot } from '../support/session-snapshot.ts';

const ID = 'a'.repeat(32);
const answer = (changes: object) => sessionSnapshot(ID, changes);

const open = useEmbedded();

/** A session in progress, with its recorder and notifier. */
async function startTelling({ tellAfterMs = 0 } = {}) {
  const { db } = await open();
  const [sessions, milestones, requests] = [createSessions(db), createMilestones(db), createRequests(db)];
  const recorder = createRecorder({
    db,
    sessions,
    milestones,
    cards: createCards(db, { burst: 1, perMinute: 1 }),
    budget: createBudget({ policy: () => null, ledger: createLedger(db, databaseClock) }),
    enqueue: async () => Promise.resolve(),
    times: { fastestMs: 10_000, tellAfterMs, lastReadMs: 30_000 },
    now: Date.now,
    random: () => 0.5,
  });
  const place = { teamId: 'T1', channelId: 'C1', threadTs: '1.1' };
  await requests.insert([newRequest('r1', place)]);
  const snapshot = answer({});
  await sessions.bind({ sessionId: ID, requestId: 'r1', url: snapshot.url, snapshot, ...place });
  const told: string[] = [];
  const deps = {
    sessions,
    requests,
    milestones,
    messages: createSessionMessages(db),
    calls: createCalls(db),
    markAnsweredCalls: async () => Promise.resolve(0),
    setAside: createSetAside(db),
    notified: { where: async () => Promise.resolve('thread' as const) },
    withLease: createWithLease(createLeases(db)),
    postOnce: createPostOnce({
      db,
      posts: createPosts(db),
      outbound: {
        post: async (_place: CardPlace, _mark: MessageMetadata, { text }: Rendered): Promise<Posted> => {
          told.push(text);
          return Promise.resolve({ kind: 'posted', ts: '2.2' });
        },
        find: async () => Promise.resolve(null),
        slackTs: () => null,
      },
      knownSince: new Date(0),
      inFlightMs: 0,
    }),
    compose: async ({ milestone, session }: MilestoneNotice) => {
      const text = milestone.kind === 'pr' ? `pr:${milestone.url}` : session.phase;
      return Promise.resolve({ text, blocks: [] });
    },
    shareResult: async () => Promise.resolve(false),
    outbound: { directChannel: async () => Promise.resolve(null) },
    now: Date.now,
    log: createLog('silent'),
  };
  const look = async (changes: object): Promise<boolean> => {
    const row = await sessions.find(ID);
    return row !== null && recorder.recordPoll(row, answer(changes));
  };
  return { deps, db, told, look };
}

test('a question that is recorded during announcements is announced, too, and not taken for answered', async () => {
  const { deps, told, look } = await startTelling();
  const { sessions } = deps;
  const tell = createMilestoneNotifier({
    ...deps,
    sessions: {
      async find(id) {
        const row = await sessions.find(id);
        if (row !== null && row.phase !== 'needs-you') await look({ status_detail: 'waiting_for_user' });
        return row;
      },
    },
  });
  await tell(ID);
  await tell(ID);
  expect(told).toEqual(['needs-you']);
});

test('a question that is recorded before its words are here waits for them, even if another job announces what came before', async () => {
  const { deps, told, look } = await startTelling({ tellAfterMs: 15_000 });
  const later = 'pr:https://github.com/acme/web/pull/1';
  const tell = createMilestoneNotifier(deps);
  await look({ status_detail: 'waiting_for_user' });
  await deps.milestones.add(ID, [later], { afterMs: 3_600_000 });
  const laterMs = await tell(ID);
  expect(laterMs).toBeGreaterThan(0);
  // The first that is due.
  expect(laterMs).toBeLessThanOrEqual(15_000);
  expect(told).toEqual([]);
  await deps.milestones.hear(ID, ['needs-you:1', later]);
  expect(await tell(ID)).toBeNull();
  expect(told).toEqual(['needs-you', later]);
});

test('a milestone is announced once, even if Slack is slow with its file', async () => {
  const { deps, told, look } = await startTelling();
  await look({ status_detail: 'finished' });
  vi.useFakeTimers({ toFake: ['Date', 'setInterval', 'clearInterval'] });
  onTestFinished(() => void vi.useRealTimers());
  const tell = createMilestoneNotifier({
    ...deps,
    shareResult: async () => {
      await vi.advanceTimersByTimeAsync(100_000);
      await other(ID);
      return true;
    },
  });
  const other = createMilestoneNotifier(deps);
  await tell(ID);
  expect(told).toEqual(['finished']);
});

test("a milestone waits until Devin's words are in the thread, but not for long, nor in a direct message", async () => {
  const { deps, db, told, look } = await startTelling();
  const words = {
    eventId: 'e1',
    source: 'devin',
    text: 'Done.',
    state: 'pending' as const,
    saidAt: new Date(),
  };
  await deps.messages.add(ID, [words]);
  await look({ status_detail: 'finished' });
  const laterMs = await createMilestoneNotifier(deps)(ID);
  expect([told, laterMs]).toEqual([[], HELD_WAIT_MS]);
  const direct = { where: async () => Promise.resolve('dm' as const) };
  await createMilestoneNotifier({ ...deps, notified: direct })(ID);
  expect(told).toEqual(['finished']);
  for (const state of ['pending', 'posted'] as const) {
    await db.updateTable('milestones').set({ state: 'pending', attemptedAt: null }).execute();
    await db.updateTable('sessionMessages').set({ state }).execute();
    await sql`delete from posts`.execute(db);
    const now = () => Date.now() + (state === 'pending' ? 61_000 : 0);
    await createMilestoneNotifier({ ...deps, now })(ID);
  }
  expect(told).toEqual(['finished', 'finished', 'finished']);
});

test('a result is put into the thread as a file only with the first attempt', async () => {
  const { deps, look } = await startTelling();
  await look({ status_detail: 'finished' });
  const shared: string[] = [];
  const tell = createMilestoneNotifier({
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
  const { deps, told, look } = await startTelling();
  await look({ status_detail: 'finished' });
  const postOnce = async () => Promise.resolve({ kind: 'unclear' } as const);
  await createMilestoneNotifier({ ...deps, postOnce })(ID);
  const url = 'https://github.com/acme/web/pull/1';
  await look({ status_detail: 'finished', pull_requests: [{ pr_url: url, pr_state: 'open' }] });
  await createMilestoneNotifier(deps)(ID);
  expect(told).toEqual(['finished', `pr:${url}`]);
});

test('a milestone that keeps failing is set aside, and the next ones are announced', async () => {
  const { deps, told, look } = await startTelling();
  await look({ pull_requests: [{ pr_url: 'https://github.com/acme/web/pull/1', pr_state: 'open' }] });
  await look({ status_detail: 'finished' });
  const tell = createMilestoneNotifier({
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

test('a milestone that succeeds after a failure leaves no failure behind', async () => {
  const { deps, told, look } = await startTelling();
  await look({ status_detail: 'finished' });
  const failures: string[] = [];
  const tell = createMilestoneNotifier({
    ...deps,
    setAside: {
      note: async (_kind, id) => Promise.resolve(failures.push(id)),
      clear: async (_kind, id) => void (await Promise.resolve(failures.splice(failures.indexOf(id), 1))),
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
  const { deps, told, look } = await startTelling();
  const tell = createMilestoneNotifier(deps);
  await look({ status_detail: 'finished' });
  await tell(ID);
  const followUp = { eventId: 'e1', source: 'user', text: 'And the docs?', state: 'skipped' as const };
  await deps.messages.add(ID, [{ ...followUp, saidAt: new Date(Date.now() - minutesAgo * 60_000) }]);
  await look({ status_detail: 'working' });
  await look({ status_detail: 'finished' });
  await tell(ID);
  expect(told).toEqual(expected);
});

test.each([
  [
    'is tried again, first in the thread, while Slack may accept it later',
    'missing_scope',
    ['thread', 'direct', 'thread', 'direct'],
  ],
  ['waits in the thread until the token is replaced', 'token_revoked', ['thread', 'thread']],
  ['is given up if Slack never will', 'is_archived', ['thread', 'direct']],
])('a notice that neither the thread nor the person can get %s', async (_what, code, expected) => {
  const { deps, look } = await startTelling();
  await look({ status_detail: 'finished' });
  const tried: string[] = [];
  const tell = createMilestoneNotifier({
    ...deps,
    postOnce: async ({ place }) => {
      tried.push(place.threadTs === null ? 'direct' : 'thread');
      return Promise.resolve({ kind: 'refused', code });
    },
  });
  const waits = [await tell(ID), await tell(ID)].filter((ms) => ms !== null);
  expect(tried).toEqual(expected);
  expect(waits).toHaveLength(code === 'is_archived' ? 0 : 2);
});

test('another question waits its turn in a direct message, and what comes after it does not', async () => {
  const { deps, db, told, look } = await startTelling();
  const tell = createMilestoneNotifier({
    ...deps,
    notified: { where: async () => Promise.resolve('dm' as const) },
  });
  const ask = async (text: string): Promise<void> => {
    const message = { eventId: text, source: 'devin', text, state: 'skipped' as const, saidAt: new Date() };
    await deps.messages.add(ID, [message]);
    await look({ status_detail: 'working' });
    await look({ status_detail: 'waiting_for_user' });
  };
  await ask('Main or release?');
  await tell(ID);
  await ask('Today or tomorrow?');
  const pull_requests = [{ pr_url: 'https://github.com/acme/web/pull/1', pr_state: 'open' }];
  await look({ status_detail: 'waiting_for_user', pull_requests });
  const laterMs = await tell(ID);
  expect(told).toEqual(['needs-you', 'pr:https://github.com/acme/web/pull/1']);
  expect(laterMs).toBeCloseTo(5 * 60_000, -4);
  await sql`update milestones set attempted_at = attempted_at - interval '5 minutes'`.execute(db);
  await tell(ID);
  expect(told.slice(2)).toEqual(['needs-you']);
});
