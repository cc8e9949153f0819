import type { PgBoss } from 'pg-boss';

export const BOSS_SCHEMA = 'pgboss';

type BossDb = Pick<ReturnType<PgBoss['getDb']>, 'executeSql'>;
type Wanted = { name: string; key: string; startAfterMs: number; urgent: boolean };

/** As pg-boss names it for this schema. If that changes, a job that is asked for sooner waits for the poll. */
const CHANNEL = `'pgboss_' || left(encode(sha224('${BOSS_SCHEMA}'::bytea), 'hex'), 24)`;

/**
 * The job that waits for this key starts no later than asked for. Inside a transaction it starts after the commit, since
 * its row is locked until then. A job that failed keeps its pause, so that an outage does not make more calls. False:
 * none waits.
 */
export async function joinWaiting(db: BossDb, { name, key, startAfterMs, urgent }: Wanted): Promise<boolean> {
  const { rows } = await db.executeSql(
    `with joined as (
       update ${BOSS_SCHEMA}.job
       set start_after = case state when 'created' then least(start_after, now() + $3 * interval '1 ms') else start_after end,
           priority = greatest(priority, $4)
       where name = $1 and singleton_key = $2 and state < 'active'
       returning start_after
     ), woken as (
       select pg_notify(${CHANNEL}, $1) from joined where start_after <= now() limit 1
     )
     select start_after, (select count(*) from woken) from joined`,
    [name, key, startAfterMs, urgent ? 1 : 0],
  );
  return rows.length > 0;
}

/** Whether another job waits for the key of this one. */
export async function isQueuedAgain(
  db: BossDb,
  job: { name: string; id: string; key: string },
): Promise<boolean> {
  const { rows } = await db.executeSql(
    `select id from ${BOSS_SCHEMA}.job
     where name = $1 and singleton_key = $2 and state < 'active' and id <> $3::uuid limit 1`,
    [job.name, job.key, job.id],
  );
  return rows.length > 0;
}
