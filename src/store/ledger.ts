import { sql, type ColumnType, type Generated, type Kysely, type Transaction } from 'kysely';
import { subjectOf, type CeilingKey, type Spend } from '../session/policy/limits.ts';
import { lockNames, type Clock } from './sql.ts';
import type { Db, Tables } from './tables.ts';

/** A creation that was, or may have been, sent, and what it counts for. */
export type LedgerTable = {
  id: ColumnType<string, never, never>;
  requestId: string;
  /** null: unknown, or not created yet. */
  sessionId: string | null;
  teamId: string;
  /** null: unknown, after a lost database. */
  userId: string | null;
  channelId: string | null;
  /** Counts in this day and month. */
  at: Date;
  /** null: it has none. */
  cap: number | null;
  consumed: Generated<number>;
  /** It continues, and can use all of its cap. */
  isOpen: Generated<boolean>;
  counted: ColumnType<number, never, never>;
};

/** Owners of the policy were told of a ceiling, once each time it came near. */
export type BudgetAlertsTable = { name: string; at: Generated<Date> };

/** Whose ceilings a request counts for. */
export type Spender = { teamId: string; userId: string; channelId: string };

/** `at`: null: now. */
type Reservation = Spender & { requestId: string; at: Date | null; cap: number | null };
type Started = Spender & { requestId: string; sessionId: string; cap: number | null; consumed: number };
/** A session that the database didn't know. */
export type FoundSession = Omit<Started, 'userId' | 'channelId'> & {
  userId: string | null;
  channelId: string | null;
  startedAt: Date;
  isOpen: boolean;
};

/** A session that counts for more than before. */
type Grown = Pick<FoundSession, 'teamId' | 'userId' | 'channelId'>;

type Spent = { at: Date; spend: Spend };

export type Ledger = ReturnType<typeof createLedger>;

/**
 * What counts for the ceilings: a row for each creation that was, or may have been, sent, from before its POST. It
 * counts in the day and month in which it was sent; by its cap while the session goes on, then by what was used.
 */
export function createLedger(db: Kysely<Tables>, clock: Clock) {
  const since = (period: 'day' | 'month', now: Date) =>
    sql<Date>`date_trunc(${period}, ${now}::timestamptz, 'UTC')`;

  const unbound = (requestId: string, order: 'asc' | 'desc') =>
    sql<string>`(select id from ledger where request_id = ${requestId} and session_id is null
      order by id ${sql.raw(order)} limit 1)`;

  /** Which rows count for each ceiling. */
  const counting = ({ teamId, userId, channelId }: Spender, now: Date) => ({
    acu_per_person_per_day: sql`team_id = ${teamId} and user_id = ${userId} and at >= ${since('day', now)}`,
    acu_per_channel_per_day: sql`team_id = ${teamId} and channel_id = ${channelId} and at >= ${since('day', now)}`,
    acu_per_month: sql`at >= ${since('month', now)}`,
  });

  async function now(trx: Db = db): Promise<Date> {
    const { at } = await trx.selectNoFrom(clock().as('at')).executeTakeFirstOrThrow();
    return at;
  }

  /** Adds a session that was started with a lost database. Known values stay. */
  async function add({ startedAt: at, ...found }: FoundSession, trx: Db = db): Promise<void> {
    await trx
      .insertInto('ledger')
      .values({ ...found, at })
      .onConflict((conflict) =>
        conflict.column('sessionId').doUpdateSet({
          userId: sql<string | null>`coalesce(ledger.user_id, excluded.user_id)`,
          channelId: sql<string | null>`coalesce(ledger.channel_id, excluded.channel_id)`,
          cap: sql<number | null>`coalesce(ledger.cap, excluded.cap)`,
        }),
      )
      .execute();
  }

  return {
    /** Locks these ceilings for reservations until the end of the transaction. */
    async lock(keys: readonly CeilingKey[], spender: Spender, trx: Db): Promise<void> {
      const names = keys.map((key) => lockName(key, spender));
      await lockNames(names, trx);
    },

    /** What counts under these ceilings, and as of when. */
    async spend(keys: readonly CeilingKey[], spender: Spender, trx: Db = db): Promise<Spent> {
      const at = await now(trx);
      if (keys.length === 0) return { at, spend: {} };
      const rowsOf = counting(spender, at);
      const each = keys.map(
        (key) =>
          sql`select ${key}::text as key, coalesce(sum(counted), 0) as used from ledger where ${rowsOf[key]}`,
      );
      const all = sql<{ key: string; used: number }>`${sql.join(each, sql` union all `)}`;
      const { rows } = await all.execute(trx);
      return { at, spend: Object.fromEntries(rows.map(({ key, used }) => [key, used])) };
    },

    /** Before the POST leaves. */
    async reserve({ at, ...reservation }: Reservation, trx: Db): Promise<void> {
      await trx
        .insertInto('ledger')
        .values({ ...reservation, at: at ?? clock() })
        .execute();
    },

    /** The last creation of the request didn't happen. */
    async release(requestId: string, trx: Db): Promise<void> {
      await sql`delete from ledger where id = ${unbound(requestId, 'desc')}`.execute(trx);
    },

    /** The search for the session of a lost creation ended without finding it. */
    async giveUp(requestId: string, trx: Db = db): Promise<void> {
      await sql`delete from ledger where id = ${unbound(requestId, 'asc')}`.execute(trx);
    },

    /** Binds the session of the last creation, or, if `late`, of the first without a known session. */
    async bind({ late, ...started }: Started & { late: boolean }, trx: Db): Promise<void> {
      const { requestId, sessionId, consumed } = started;
      const row = unbound(requestId, late ? 'asc' : 'desc');
      const { rows } = await sql`
        update ledger set session_id = ${sessionId}, consumed = ${consumed}
        where id = ${row} and not exists (select from ledger where session_id = ${sessionId})
        returning id`.execute(trx);
      if (rows.length === 0) await add({ ...started, startedAt: await now(trx), isOpen: true }, trx);
    },

    add,

    async isEmpty(): Promise<boolean> {
      const row = await db.selectFrom('ledger').select('id').limit(1).executeTakeFirst();
      return row === undefined;
    },

    /**
     * Call it in the transaction that records Devin's answer. Returns for whom more counts now; null: for nobody.
     */
    async follow(
      sessionId: string,
      { consumed = null, isOpen = null }: { consumed?: number | null; isOpen?: boolean | null },
      trx: Db,
    ): Promise<Grown | null> {
      const { rows } = await sql<Grown & { grew: boolean }>`
        with earlier as (select counted from ledger where session_id = ${sessionId})
        update ledger set
          consumed = coalesce(${consumed}::double precision, consumed),
          is_open = coalesce(${isOpen}::boolean, is_open)
        where session_id = ${sessionId}
        returning team_id, user_id, channel_id, counted > (select counted from earlier) as grew`.execute(trx);
      const [row] = rows;
      return row?.grew === true ? row : null;
    },
  };
}

function lockName(key: CeilingKey, spender: Spender): string {
  const subject = subjectOf(key, spender);
  return subject === null ? `ledger:${key}` : `ledger:${key}:${spender.teamId}:${subject}`;
}

/** Records what owners are told; returns what is new. */
export async function noteAlerts(names: readonly string[], trx: Transaction<Tables>): Promise<Set<string>> {
  const added = await trx
    .insertInto('budgetAlerts')
    .values(names.toSorted().map((name) => ({ name })))
    .onConflict((conflict) => conflict.doNothing())
    .returning('name')
    .execute();
  return new Set(added.map(({ name }) => name));
}
