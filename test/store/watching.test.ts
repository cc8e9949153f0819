import type { Kysely } from 'kysely';
import { expect, test } from 'vitest';
import { createSweep, SWEEP_TIMES } from '../../src/create/sweep.ts';
import { createLog } from '../../src/log.ts';
import { createLeases } from '../../src/store/leases.ts';
import { createMilestones } from '../../src/store/milestones.ts';
import { createReplies } from '../../src/store/replies.ts';
import { createRequests } from '../../src/store/requests.ts';
import { createSessionMessages } from '../../src/store/session-messages.ts';
import { createSessions } from '../../src/store/sessions.ts';
import type { Tables } from '../../src/store/tables.ts';
import { describeOnBothDatabases } from '../support/databases.ts';
import { newRequest } from '../support/request-row.ts';
import { sessionSnapshot } from '../support/session-snapshot.ts';

describeOnBothDatabases('work for one process only', (open) => {
  const openLeases = async () => {
    const { db } = await open();
    return createLeases(db);
  };

  test('is done by the first while it renews the lease', async () => {
    const leases = await openLeases();
    const number = await leases.take('watch', 60_000);
    expect(await leases.take('watch', 60_000)).toBeNull();
    expect(await leases.renew('watch', number ?? '', 60_000)).toBe(true);
    expect(await leases.take('other', 60_000)).not.toBeNull();
  });

  test('is done by another at once after a release, and later if its process died', async () => {
    const leases = await openLeases();
    const first = await leases.take('watch', 60_000);
    await leases.release('watch', '0');
    expect(await leases.take('watch', 60_000)).toBeNull();
    await leases.release('watch', first ?? '');
    const second = await leases.take('watch', -1000);
    const third = await leases.take('watch', 60_000);
    expect(Number(third)).toBeGreaterThan(Number(second));
    expect(await leases.renew('watch', second ?? '', 60_000)).toBe(false);
  });
});

describeOnBothDatabases('a milestone', (open) => {
  /** What a sweep puts back into the queue. */
  const sweptUp = async (db: Kysely<Tables>): Promise<unknown[]> => {
    const jobs: unknown[] = [];
    const sweep = createSweep({
      readTime: async () => Promise.resolve(),
      transitions: { moveLocked: async () => Promise.resolve(false) },
      now: Date.now,
      store: {
        requests: createRequests(db),
        replies: createReplies(db),
        messages: createSessionMessages(db),
        milestones: createMilestones(db),
      },
      enqueue: async (name, payload) => void (await Promise.resolve(jobs.push([name, payload]))),
      sayWords: async () => Promise.resolve(),
      unqueued: async (_name, keys) => Promise.resolve([...keys]),
      times: SWEEP_TIMES,
      log: createLog('silent'),
    });
    await sweep.start({ alone: true });
    await sweep.stop();
    return jobs;
  };

  test('is announced even if its job was lost', async () => {
    const { db } = await open();
    await createMilestones(db).add('s1', ['finished:1']);
    expect(await sweptUp(db)).toEqual([['post-waiting', { sessionId: 's1' }]]);
  });

  test('waits while there is no card to show it and no thread to post it in', async () => {
    const { db } = await open();
    const [requests, sessions] = [createRequests(db), createSessions(db)];
    await requests.insert([newRequest('r2', { source: 'follow' })]);
    await requests.advance({ id: 'r2', from: 'accepted', to: 'created', changes: { sessionId: 's2' } });
    const bound = { sessionId: 's2', requestId: 'r2', url: '', snapshot: sessionSnapshot('s2') };
    await sessions.bind({ ...bound, teamId: 'T1', channelId: 'C1', threadTs: '' }, db);
    const said = {
      eventId: 'e1',
      source: 'devin',
      text: 'x',
      state: 'pending',
      saidAt: new Date(0),
    } as const;
    await createSessionMessages(db).add('s2', [said]);
    const ofThis = async () => (await sweptUp(db)).filter((job) => !JSON.stringify(job).includes('s1'));
    expect(await ofThis()).toEqual([]);

    await requests.advance({ id: 'r2', from: 'created', to: 'created', changes: { cardChannelId: 'C1' } });
    await sessions.place('s2', { channelId: 'C1', threadTs: '1.1' });
    expect(await ofThis()).toEqual([['post-waiting', { sessionId: 's2' }]]);
  });
});

describeOnBothDatabases('a session that gets its thread', (open) => {
  test.each([
    ['has done nothing yet', { created_at: 5, updated_at: 5 }, false],
    ['has changed since it was created', { created_at: 5, updated_at: 6 }, true],
  ])('says whether it %s', async (_title, times, hasActed) => {
    const { db } = await open();
    const sessions = createSessions(db);
    const bound = { sessionId: 's3', requestId: 'r3', url: '', snapshot: sessionSnapshot('s3', times) };
    await sessions.bind({ ...bound, teamId: 'T1', channelId: 'C1', threadTs: '' }, db);
    const place = { channelId: 'C1', threadTs: '1.1' };
    await expect(sessions.place('s3', place)).resolves.toEqual({ hasActed });
  });
});
