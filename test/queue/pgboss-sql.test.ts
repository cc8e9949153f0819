import { sql } from 'kysely';
import { PgBoss } from 'pg-boss';
import { expect, onTestFinished, test } from 'vitest';
import {
  BOSS_OPTIONS,
  CHANNEL,
  dueQueues,
  joinWaiting,
  putBack,
  takeFromSilent,
  withoutJob,
} from '../../src/queue/pgboss-sql.ts';
import { describeOnBothDatabases } from '../support/databases.ts';

const NAME = 'a-queue';
const HOUR_S = 3600;

describeOnBothDatabases('our statements on pg-boss tables', (open) => {
  /** A queue like ours, with pg-boss idle. */
  const setUp = async () => {
    const database = await open();
    const boss = new PgBoss({ ...BOSS_OPTIONS, ...database.boss, supervise: false });
    await boss.start();
    await boss.createQueue(NAME, { policy: 'short', retryLimit: 5, retryDelay: 60 });
    onTestFinished(async () => boss.stop({ graceful: false }));
    const db = boss.getDb();
    const send = async (key: string, startAfter = 0): Promise<string> => {
      const id = await boss.send(NAME, {}, { singletonKey: key, startAfter });
      if (id === null) throw new Error('a job with this key waits');
      return id;
    };
    const waitsMs = async (key: string): Promise<number> => {
      const { rows } = await sql<{ ms: string }>`
        select extract(epoch from start_after - now()) * 1000 as ms
        from ${sql.raw(BOSS_OPTIONS.schema)}.job where singleton_key = ${key} and state < 'active'`.execute(
        database.db,
      );
      return Number(rows[0]?.ms);
    };
    return { boss, db, send, waitsMs, pool: database.db };
  };

  test('keep one waiting job for a key: another insert is ignored, and an enqueue joins it', async () => {
    const { boss, db, send, waitsMs } = await setUp();
    await send('k', HOUR_S);
    expect(await boss.send(NAME, {}, { singletonKey: 'k' })).toBeNull();
    expect(await joinWaiting(db, { name: NAME, key: 'other', startAfterMs: 0, interactive: false })).toBe(
      false,
    );
    expect(await joinWaiting(db, { name: NAME, key: 'k', startAfterMs: 0, interactive: true })).toBe(true);
    expect(await waitsMs('k')).toBeLessThanOrEqual(0);
    const [job] = await boss.fetch(NAME, { includeMetadata: true });
    expect(job).toMatchObject({ singletonKey: 'k', priority: 1 });
  });

  test('find keys with a job that waits, also after it failed, or runs', async () => {
    const { boss, db, send, waitsMs } = await setUp();
    await send('later', HOUR_S);
    const failing = await send('failed');
    await boss.fetch(NAME);
    expect(await putBack(db, { name: NAME, ids: [failing], afterMs: 60_000 })).toBe(true);
    expect(await joinWaiting(db, { name: NAME, key: 'failed', startAfterMs: 0, interactive: false })).toBe(
      true,
    );
    expect(await waitsMs('failed')).toBeGreaterThan(10_000);
    const running = await send('runs');
    await boss.fetch(NAME);
    expect(await withoutJob(db, NAME, ['none', 'later', 'failed', 'runs'])).toEqual(['none']);
    await send('runs', HOUR_S);
    expect(await putBack(db, { name: NAME, ids: [running], afterMs: 0 })).toBe(false);
  });

  test('find the queues with due jobs', async () => {
    const { boss, db, send } = await setUp();
    await boss.createQueue('another', { policy: 'short' });
    await boss.send('another', {}, { startAfter: HOUR_S });
    await send('now');
    expect(await dueQueues(db, ['another', NAME])).toEqual([NAME]);
  });

  test('and those of pg-boss tell of jobs on the same channel', async () => {
    const { boss, db, send } = await setUp();
    await boss.updateQueue(NAME, { notify: true });
    const heard: string[] = [];
    const listening = await db.listen?.(
      CHANNEL,
      (name) => heard.push(name),
      () => {},
    );
    onTestFinished(async () => listening?.close());
    await send('now');
    await expect.poll(() => heard).toEqual([NAME]);
    await send('k', HOUR_S);
    await joinWaiting(db, { name: NAME, key: 'k', startAfterMs: 0, interactive: false });
    await expect.poll(() => heard).toEqual([NAME, NAME]);
  });

  test('start again what a process was doing that says no more that it does', async () => {
    const { boss, db, send, pool } = await setUp();
    for (const key of ['held', 'silent', 'deadly', 'new']) await send(key);
    const jobs = await boss.fetch(NAME, { batchSize: 4, includeMetadata: true });
    await sql`update pgboss.job set heartbeat_on = now() - interval '1 minute',
      retry_count = case singleton_key when 'deadly' then 3 else 0 end where singleton_key <> 'new'`.execute(
      pool,
    );
    const held = jobs.filter(({ singletonKey }) => singletonKey === 'held').map(({ id }) => id);
    await takeFromSilent(db, { held, silentMs: 10_000 });
    await takeFromSilent(db, { held: [], silentMs: 10_000 });
    const again = await boss.fetch(NAME, { batchSize: 4, includeMetadata: true });
    expect(again.map(({ singletonKey }) => singletonKey)).toEqual(['silent']);
  });
});
