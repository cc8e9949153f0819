import { sql } from 'kysely';
import { PgBoss } from 'pg-boss';
import { expect, test } from 'vitest';
import { createQueue } from '../../src/queue/jobs.ts';
import { BOSS_OPTIONS } from '../../src/queue/pgboss-sql.ts';
import { describeOnBothDatabases } from '../support/databases.ts';

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
