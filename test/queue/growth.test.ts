import { sql } from 'kysely';
import { PgBoss } from 'pg-boss';
import { describe, expect, test } from 'vitest';
import { createQueue } from '../../src/queue/jobs.ts';
import { BOSS_OPTIONS } from '../../src/queue/pgboss-sql.ts';
import { analyzeGrown } from '../../src/store/embedded/upkeep.ts';
import { describeOnBothDatabases, useEmbedded } from '../support/databases.ts';

const HOUR_SECONDS = 3600;
/** A session in progress is polled this often, and each poll can queue a job. */
const LOOK_SECONDS = 5;

describeOnBothDatabases('the rows of the queue', (open) => {
  test('number at most 100 after a session worked for an hour', async () => {
    const database = await open();
    const { db } = database;
    const queue = createQueue({ database, log: { error: () => {}, warn: () => {} } });
    await queue.start();
    const jobs = Array.from({ length: HOUR_SECONDS / LOOK_SECONDS }, (_, look) => ({
      sessionId: String(look),
    }));
    await db.transaction().execute(async (trx) => queue.enqueueAll('relay-from-devin', jobs, trx));
    await queue.stop({ timeoutMs: 0 });
    await sql`
      update pgboss.job set state = 'completed',
        completed_on = now() - singleton_key::int * ${LOOK_SECONDS} * interval '1 second'`.execute(db);
    await sql`update pgboss.queue set maintain_on = null`.execute(db);

    const boss = new PgBoss({ ...BOSS_OPTIONS, ...database.boss, supervise: false });
    await boss.start();
    await boss.supervise();
    await boss.stop({ graceful: false });

    const { rows } = await sql<{ state: string }>`select state from pgboss.job`.execute(db);
    const betweenSweeps = BOSS_OPTIONS.maintenanceIntervalSeconds / LOOK_SECONDS;
    expect(rows.length + betweenSweeps).toBeLessThanOrEqual(100);
  });
});

describe('the fetch of a job in the embedded database', () => {
  const open = useEmbedded();

  test('is planned again as the queue grows', async () => {
    const database = await open();
    const { db } = database;
    const queue = createQueue({ database, log: { error: () => {}, warn: () => {} } });
    const begun = Promise.withResolvers<void>();
    const held = Promise.withResolvers<void>();
    queue.work(
      'create-session',
      async () => {
        begun.resolve();
        return held.promise;
      },
      { concurrency: 1 },
    );
    await queue.start();
    await queue.enqueue('create-session', { requestId: 'first' });
    await begun.promise;
    const jobs = Array.from({ length: 5000 }, (_, at) => ({ requestId: String(at) }));
    await db.transaction().execute(async (trx) => queue.enqueueAll('create-session', jobs, trx));
    const exec = async (text: string) => [await sql.raw(text).execute(db)];
    await analyzeGrown({ exec });
    const { rows } = await sql<{ name: string }>`
      select name from pg_prepared_statements
      where statement like '%SKIP LOCKED%UPDATE pgboss%' and statement like '%create-session%'
        and statement not like '%pg_prepared_statements%'`.execute(db);
    const [plan] = await exec(`explain execute ${rows[0]?.name}`);
    expect(JSON.stringify(plan?.rows)).not.toMatch(/Seq Scan|Sort/);
    held.resolve();
    await queue.stop({ timeoutMs: 5000 });
  });
});
