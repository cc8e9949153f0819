import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import { describe, expect, test } from 'vitest';
import { createLog } from '../../src/log.ts';
import { createCards } from '../../src/store/cards.ts';
import { createSweep, SWEEP_TIMES } from '../../src/jobs/sweep.ts';
import { createForms } from '../../src/store/forms.ts';
import { createLeases } from '../../src/store/leases.ts';
import { migrate } from '../../src/store/migrate.ts';
import { createMilestones } from '../../src/store/milestones.ts';
import { createPosts } from '../../src/store/posts.ts';
import { createReplies } from '../../src/store/replies.ts';
import { createRequests } from '../../src/store/requests.ts';
import { createSessionMessages } from '../../src/store/session-messages.ts';
import { createSessions } from '../../src/store/sessions.ts';
import type { Tables } from '../../src/store/tables.ts';
import { describeOnBothDatabases, usePostgres } from '../support/databases.ts';

describeOnBothDatabases('what only one process may do', (open) => {
  const openLeases = async () => {
    const { db } = await open();
    await migrate(db);
    return createLeases(db);
  };

  test('is done by the first who came, as long as the lease is renewed', async () => {
    const leases = await openLeases();
    const number = await leases.take('watch', 60_000);
    expect(await leases.take('watch', 60_000)).toBeNull();
    expect(await leases.renew('watch', number ?? '', 60_000)).toBe(true);
    expect(await leases.take('other', 60_000)).not.toBeNull();
  });

  test('is done by another at once after a release, and after a while when its process died', async () => {
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

describeOnBothDatabases("the budget of a workspace's edits", (open) => {
  const MINUTE = 60_000;
  const openCards = async () => {
    const { db } = await open();
    await migrate(db);
    return createCards(db, { burst: 15, perMinute: 35 });
  };

  test('is at most 50 in any minute, in the order they were asked for', async () => {
    const cards = await openCards();
    const start = Date.now();
    const turns: number[] = [];
    for (let count = 0; count < 70; count += 1)
      turns.push((await cards.nextTurn('T1', new Date(start))).getTime() - start);
    expect(turns).toEqual(turns.toSorted((a, b) => a - b));
    expect(turns.filter((turn) => turn === 0)).toHaveLength(15);
    for (const from of turns)
      expect(turns.filter((turn) => turn >= from && turn < from + MINUTE).length).toBeLessThanOrEqual(50);
  });

  test('is whole again after a rest, and of each workspace its own', async () => {
    const cards = await openCards();
    const start = Date.now();
    for (let count = 0; count < 60; count += 1) await cards.nextTurn('T1', new Date(start));
    expect((await cards.nextTurn('T2', new Date(start))).getTime()).toBe(start);
    const later = start + 5 * MINUTE;
    expect((await cards.nextTurn('T1', new Date(later))).getTime()).toBe(later);
  });

  test('waits as long as Slack says', async () => {
    const cards = await openCards();
    const start = Date.now();
    await cards.nextTurn('T1', new Date(start));
    await cards.pause('T1', new Date(start + 20_000));
    const turn = (await cards.nextTurn('T1', new Date(start))).getTime();
    expect(turn).toBeGreaterThanOrEqual(start + 20_000);
  });
});

describe('a card that is posted again while a look at its session is written down', () => {
  const { open } = usePostgres();

  test('waits for that, and that not for it', async () => {
    const { db, urgent } = await open();
    await migrate(db);
    const [requests, sessions] = [createRequests(db), createSessions(db)];
    const place = { teamId: 'T1', userId: 'U1', channelId: 'C1', threadTs: null };
    const what = { draft: { values: { prompt: 'x' }, sources: {} }, context: null, slackFileIds: [] };
    const row = { id: 'r1', dedupeKey: 'd1', source: 'command' as const, sealed: null };
    await requests.insert([{ ...row, ...place, ...what }]);
    const bound = { sessionId: 's1', requestId: 'r1', url: '', response: {} };
    await sessions.bind({ ...bound, teamId: 'T1', channelId: 'C1', threadTs: '1.0' });
    const budget = { burst: 15, perMinute: 35 };
    let placed: Promise<void> = Promise.resolve();
    await db.transaction().execute(async (trx) => {
      await sessions.lock('s1', trx);
      placed = createCards(urgent, budget).placed('r1', '2.0', true);
      await expect
        .poll(async () => (await sql`select 1 from pg_locks where not granted`.execute(urgent)).rows)
        .not.toEqual([]);
      await createCards(db, budget).markStale('r1', trx);
    });
    await placed;
    expect(await sessions.find('s1')).toMatchObject({ thread_ts: '2.0' });
    expect(await requests.find('r1')).toMatchObject({ card_ts: '2.0', card_stale: true });
  });
});

describeOnBothDatabases('what a session came to', (open) => {
  const PLACE = { teamId: 'T1', userId: 'U1', channelId: 'C1', threadTs: null };
  const BUDGET = { burst: 15, perMinute: 35 };

  /** What a sweep puts back into the queue. */
  const sweptUp = async (db: Kysely<Tables>): Promise<unknown[]> => {
    const jobs: unknown[] = [];
    const sweep = createSweep({
      requests: createRequests(db),
      forms: createForms(db),
      replies: createReplies(db),
      messages: createSessionMessages(db),
      milestones: createMilestones(db),
      posts: createPosts(db),
      enqueue: async (name, payload) => void (await Promise.resolve(jobs.push([name, payload]))),
      times: SWEEP_TIMES,
      log: createLog('silent'),
    });
    await sweep.start({ alone: true });
    await sweep.stop();
    return jobs;
  };

  test('is told although the job that was to tell it is lost', async () => {
    const { db } = await open();
    await migrate(db);
    await createMilestones(db).add('s1', ['finished:1']);
    expect(await sweptUp(db)).toEqual([['tell-milestones', { sessionId: 's1' }]]);
  });

  test('waits quietly while there is no card that could show it, nor a thread to post it in', async () => {
    const { db } = await open();
    await migrate(db);
    const [requests, sessions, cards] = [createRequests(db), createSessions(db), createCards(db, BUDGET)];
    const what = { draft: { values: { prompt: 'x' }, sources: {} }, context: null, slackFileIds: [] };
    const row = { id: 'r2', dedupeKey: 'd2', source: 'follow' as const, sealed: null };
    await requests.insert([{ ...row, ...PLACE, ...what }]);
    await requests.advance({ id: 'r2', from: 'accepted', to: 'created', changes: { session_id: 's2' } });
    const bound = { sessionId: 's2', requestId: 'r2', url: '', response: {} };
    await sessions.bind({ ...bound, teamId: 'T1', channelId: 'C1', threadTs: '' });
    await cards.markStale('r2');
    const said = {
      eventId: 'e1',
      source: 'devin',
      text: 'x',
      state: 'pending',
      saidAt: new Date(0),
    } as const;
    await createSessionMessages(db).add('s2', [said]);
    const ofThis = async () =>
      (await sweptUp(db)).filter((job) => !JSON.stringify(job).includes('tell-milestones'));
    expect(await ofThis()).toEqual([]);

    await requests.advance({ id: 'r2', from: 'created', to: 'created', changes: { card_channel_id: 'C1' } });
    await sessions.place('s2', { channelId: 'C1', threadTs: '1.1' });
    expect(await ofThis()).toEqual([
      ['update-card', { requestId: 'r2' }],
      ['relay-from-devin', { sessionId: 's2' }],
    ]);
  });
});
