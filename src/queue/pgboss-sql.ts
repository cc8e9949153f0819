import { createHash } from 'node:crypto';
import type { ConstructorOptions, PgBoss } from 'pg-boss';
import { z } from 'zod';

/**
 * All SQL against pg-boss's own tables: its `job` table (name, data, singleton_key, state, blocked, priority, start_after,
 * created_on, retry_count), and the channel it notifies. `test/queue/pgboss-sql.test.ts` fails if an upgrade changes one of these.
 */
const BOSS_SCHEMA = 'pgboss';

const HOUR_SECONDS = 3600;

export const BOSS_OPTIONS = {
  schema: BOSS_SCHEMA,
  schedule: false,
  supervise: true,
  superviseIntervalSeconds: 30,
  monitorIntervalSeconds: 30,
  // How often finished jobs are removed.
  maintenanceIntervalSeconds: 120,
  flowIntervalSeconds: HOUR_SECONDS,
  registerInstance: false,
  openTelemetry: { enabled: false },
  // The embedded database has no autovacuum to watch; on Postgres that is its operator's business.
  monitorVacuum: false,
} satisfies ConstructorOptions;

type BossDb = Pick<ReturnType<PgBoss['getDb']>, 'executeSql'>;
type Wanted = { name: string; key: string; startAfterMs: number; interactive: boolean };

/** No job waits longer; if it must, it is enqueued again then. */
export const LONGEST_WAIT_MS = 3_600_000;

/** As pg-boss names it for this schema. If that changes, workers hear of a job with the next poll. */
export const CHANNEL = `pgboss_${createHash('sha224').update(BOSS_SCHEMA).digest('hex').slice(0, 24)}`;

/**
 * Makes the job that waits for this key start no later than asked for; in a transaction, after the commit, because its row is
 * locked until then. A job that failed keeps its pause, or an outage would cause more calls. False: none waits.
 */
export async function joinWaiting(
  db: BossDb,
  { name, key, startAfterMs, interactive }: Wanted,
): Promise<boolean> {
  const { rows } = await db.executeSql(
    `with joined as (
       update ${BOSS_SCHEMA}.job
       set start_after = case state when 'created' then least(start_after, now() + $3 * interval '1 ms') else start_after end,
           priority = greatest(priority, $4)
       where name = $1 and singleton_key = $2 and state < 'active'
       returning start_after
     ), woken as (
       select pg_notify('${CHANNEL}', $1) from joined where start_after <= now() limit 1
     )
     select start_after, (select count(*) from woken) from joined`,
    [name, key, startAfterMs, interactive ? 1 : 0],
  );
  return rows.length > 0;
}

/** Runs jobs again after a pause, unless others wait for the same keys. False: none of them. */
export async function putBack(
  db: BossDb,
  { name, ids, afterMs }: { name: string; ids: readonly string[]; afterMs: number },
): Promise<boolean> {
  const { rows } = await db.executeSql(
    `update ${BOSS_SCHEMA}.job as mine set state = 'retry', start_after = now() + $3 * interval '1 ms'
     where name = $1 and id = any($2::uuid[]) and state = 'active' and not exists (
       select from ${BOSS_SCHEMA}.job as other
       where other.name = $1 and other.singleton_key = mine.singleton_key and other.state < 'active'
     ) returning id`,
    [name, ids, afterMs],
  );
  return rows.length > 0;
}

const namesSchema = z.array(z.object({ name: z.string() }).transform(({ name }) => name));

/** Those of the keys for which no job waits or runs, in the same order. */
export async function withoutJob(db: BossDb, name: string, keys: readonly string[]): Promise<string[]> {
  if (keys.length === 0) return [];
  const { rows } = await db.executeSql(
    `select singleton_key as name from ${BOSS_SCHEMA}.job
     where name = $1 and singleton_key = any($2::text[]) and state <= 'active'`,
    [name, keys],
  );
  const waiting = new Set(namesSchema.parse(rows));
  return keys.filter((key) => !waiting.has(key));
}

/** A job that met the end of so many processes may cause it, and waits for a while. */
const MOST_ENDS = 3;
const PAUSE_SECONDS = 30;

/**
 * Says that the jobs in `held` are worked on, and starts again what a process was doing that hasn't said so for `silentMs`
 * (0: at all): one statement for all jobs of a process. pg-boss itself writes `heartbeat_on` when a job is fetched.
 */
export async function takeFromSilent(
  db: BossDb,
  { held, silentMs }: { held: readonly string[]; silentMs: number },
): Promise<void> {
  await db.executeSql(
    `with held as (
       update ${BOSS_SCHEMA}.job set heartbeat_on = now() where state = 'active' and id = any($1::uuid[])
     )
     update ${BOSS_SCHEMA}.job set state = 'retry', start_after =
       now() + case when retry_count < ${MOST_ENDS} then 0 else ${PAUSE_SECONDS} end * interval '1 s'
     where state = 'active' and id <> all($1::uuid[])
       and ($2 = 0 or heartbeat_on not between now() - $2 * interval '1 ms' and now() + interval '10 s')`,
    [held, silentMs],
  );
}

const depthSchema = z.array(
  z.object({ name: z.string(), due: z.coerce.number(), later: z.coerce.number(), active: z.coerce.number() }),
);

/** How many jobs of these queues can start, start later and run. pg-boss itself takes a statement for each queue. */
export async function countJobs(db: BossDb, names: readonly string[]) {
  const { rows } = await db.executeSql(
    `select queue.name,
       count(*) filter (where state < 'active' and start_after <= now()) as due,
       count(*) filter (where state < 'active' and start_after > now()) as later,
       count(*) filter (where state = 'active') as active
     from unnest($1::text[]) as queue (name)
     left join ${BOSS_SCHEMA}.job on job.name = queue.name and state <= 'active' group by queue.name`,
    [names],
  );
  return depthSchema.parse(rows);
}

/**
 * The queues in which a job can start now. pg-boss notifies workers of a job when it is sent, but not when a delayed or
 * retried one is due: one cheap query finds those, instead of one by every idle queue.
 */
export async function dueQueues(db: BossDb, names: readonly string[]): Promise<string[]> {
  const { rows } = await db.executeSql(
    `select queue.name from unnest($1::text[]) as queue (name) where exists (
       select from ${BOSS_SCHEMA}.job
       where job.name = queue.name and job.state < 'active' and not job.blocked and job.start_after <= now()
     )`,
    [names],
  );
  return namesSchema.parse(rows);
}
