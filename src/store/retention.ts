import { setTimeout as delay } from 'node:timers/promises';
import { sql, type Kysely, type RawBuilder } from 'kysely';
import type { Log } from '../log.ts';
import { repeat } from '../time.ts';
import { AT_REST, clearRequests, clearTalk } from './forget.ts';
import type { Leases } from './leases.ts';
import { MOST_FAILURES } from './set-aside.ts';
import { KEPT_KINDS, MESSAGE_KINDS } from './shown.ts';
import { literals } from './sql.ts';
import type { Tables } from './tables.ts';

/** Rows of a batch. Other work waits no longer than one batch takes. */
const BATCH = 100;
/** How long the doctor shows what couldn't be posted to Slack. */
const SET_ASIDE_DAYS = 30;
/** Longer than a month: owners are told once a month. */
const SHOWN_DAYS = 40;

const EVERY_MS = 60 * 60_000;
/** Never released: one process an hour does it, however many there are. */
const LEASE_MS = EVERY_MS / 2;
/** Between two batches, so that others come first. */
const PAUSE_MS = 100;

type Expiring = { db: Kysely<Tables>; leases: Pick<Leases, 'take'> };

const ago = (days: number): RawBuilder<Date> => sql<Date>`now() - ${days} * interval '1 day'`;

/**
 * Removes text from old rows, and rows that are no longer needed; by the database's clock. Does nothing if a process did it
 * a moment ago.
 */
export async function removeExpired(
  { db, leases }: Expiring,
  days: number,
  signal: AbortSignal,
): Promise<void> {
  if ((await leases.take('tidy', LEASE_MS)) === null) return;
  await sweep(db);
  for (const clear of [clearSessions, clearEndedRequests]) {
    while (!signal.aborted && (await clear(db, days)) > 0) {
      await delay(PAUSE_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}

/** Clears a batch of sessions at rest for this long, and returns how many. */
async function clearSessions(db: Kysely<Tables>, days: number): Promise<number> {
  return db.transaction().execute(async (trx) => {
    const old = await sql<{ sessionId: string; requestId: string }>`
      select session_id, request_id from sessions
      where text_removed_at is null and phase in ${AT_REST}
        and changed_at < ${ago(days)} and coalesce(touched_at < ${ago(days)}, true)
      order by changed_at limit ${BATCH} for update skip locked`.execute(trx);
    const sessionIds = old.rows.map((row) => row.sessionId);
    const requestIds = old.rows.map((row) => row.requestId);
    await clearTalk(trx, sessionIds);
    await clearRequests(trx, requestIds);
    return sessionIds.length;
  });
}

/** Clears a batch of requests that ended without a session. */
async function clearEndedRequests(db: Kysely<Tables>, days: number): Promise<number> {
  return db.transaction().execute(async (trx) => {
    const old = await sql<{ id: string }>`
      select id from session_requests
      where text_removed_at is null and session_id is null and state in ('refused', 'failed', 'unknown')
        and updated_at < ${ago(days)}
      order by updated_at limit ${BATCH} for update skip locked`.execute(trx);
    const ids = old.rows.map((row) => row.id);
    await clearRequests(trx, ids);
    return ids.length;
  });
}

/**
 * Deletes forms that nobody sent, messages that are never edited (their places are in other tables), leases of dead processes, Homes that
 * nobody looks at, and old identities and failures.
 */
async function sweep(db: Kysely<Tables>): Promise<void> {
  await db.deleteFrom('forms').where('createdAt', '<', ago(1)).execute();
  const kind = sql`split_part(key, ':', 1)`;
  await db
    .deleteFrom('shown')
    // Word for word as in the index, or that isn't used.
    .where(sql<boolean>`${kind} not in ${literals(KEPT_KINDS)}`)
    .where('at', '<', ago(1))
    .where(
      sql<boolean>`(at < ${ago(SHOWN_DAYS)} or (${kind} not in ${literals(MESSAGE_KINDS)} and stage is null))`,
    )
    .execute();
  await db.deleteFrom('leases').where('until', '<', ago(1)).execute();
  const isOld = sql`linked_to is null and greatest(asked_at, identified_at) < ${ago(1)}`;
  await sql`delete from people where ran_as is null and ${isOld}`.execute(db);
  // As which member they run stays, so that they are told when that changes.
  await sql`update people set slack = null, asked_at = null, address = null, identity = null, identified_at = null
    where ${isOld}`.execute(db);
  await forgetFailures(db);
}

/** A session that still fails does so at least hourly; other things that were set aside aren't retried. */
async function forgetFailures(db: Kysely<Tables>): Promise<void> {
  await db
    .deleteFrom('setAside')
    .where((where) =>
      where.or([
        where('failedAt', '<', ago(SET_ASIDE_DAYS)),
        where.and([
          where('failedAt', '<', ago(1)),
          where.or([where('kind', '=', 'session'), where('failures', '<', MOST_FAILURES)]),
        ]),
      ]),
    )
    .execute();
}

export type Tidying = { start(): void; stop(): Promise<void> };

/** `tidy` removes what expired, at the start and every hour. */
export function createTidying(tidy: (signal: AbortSignal) => Promise<void>, log: Log): Tidying {
  const stopping = new AbortController();
  const once = async (): Promise<void> =>
    tidy(stopping.signal).catch((error: unknown) => {
      log.warn({ err: error }, 'removing old text failed; it will be retried in an hour');
    });
  let life: { stop(): Promise<void> } | null = null;
  let first: Promise<void> = Promise.resolve();
  return {
    start() {
      if (life !== null) return;
      life = repeat(once, EVERY_MS);
      first = once();
    },
    async stop() {
      stopping.abort();
      await Promise.all([life?.stop(), first]);
    },
  };
}
