import { sql, type Kysely, type RawBuilder } from 'kysely';
import type { Identity } from '../session/identity.ts';
import {
  CEILINGS,
  ceilingsIn,
  PERIOD_OF,
  subjectOf,
  type Ceiling,
  type CeilingKey,
  type Spender,
} from '../session/policy/limits.ts';
import type { Policy } from '../session/policy/schema.ts';
import type { UsageAsked, UsageRow } from '../session/usage.ts';
import { everyRow, json, lockNames, type Clock } from './sql.ts';
import type { Db, Tables } from './store.ts';

/** What a session, or a creation that may have been sent, counts for on a day; a row for each day on which it may use ACU. */
export type LedgerRow = {
  id: string;
  requestId: string;
  /** null: unknown, or not created yet. */
  sessionId: string | null;
  teamId: string;
  /** null: unknown, after a lost database. */
  userId: string | null;
  channelId: string | null;
  /** Counts in this day and month. */
  at: Date;
  /** What the session may use from then on; null: it has no cap. */
  cap: number | null;
  /** What it used since then. */
  consumed: number;
  /** It continues, and can use all of its cap. */
  isOpen: boolean;
  /** Of the rows of a session. */
  nth: number;
  /** A message may have woken it: until then, it is open whatever Devin says. */
  heldUntil: Date | null;
  counted: number;
  /** When the search for its session was given up for the time being, and when it begins again; null: it isn't missing. */
  lostAt: Date | null;
  nextLookAt: Date | null;
  /** Of one that is missing: when it was sent, and as whom. */
  sentAt: Date | null;
  identity: Identity | null;
};

/** A creation that was sent but not answered, and whose session wasn't found: it may still turn up. */
export type LostCreate = {
  id: string;
  requestId: string;
  sentAt: Date;
  /** null: as its request says. */
  identity: Identity | null;
  lostAt: Date;
};

const MOST_LOST = 200;

type StartedSpend = Spender & { requestId: string; sessionId: string; cap: number | null; consumed: number };
/** A session that the database didn't know. */
export type FoundSession = Omit<StartedSpend, 'userId' | 'channelId'> & {
  userId: string | null;
  channelId: string | null;
  startedAt: Date;
  isOpen: boolean;
};

/** Sessions of a person that are named among those that hold a reservation. */
const MOST_OWN = 5;

export type Ledger = ReturnType<typeof createLedger>;

/** The newest row of a session. `earlier`: what its other rows count. */
type Newest = Pick<
  LedgerRow,
  'id' | 'requestId' | 'teamId' | 'userId' | 'channelId' | 'at' | 'cap' | 'consumed' | 'isOpen' | 'nth'
> & { earlier: number };

/** Devin may say for a while that a session still rests. */
const HELD_MS = 2 * 60_000;
const DAY_MS = 86_400_000;

/**
 * What counts for the ceilings: from before its POST, a row for each creation that was, or may have been, sent, and one more
 * for each further day on which its session may use ACU. It counts by its cap while the session goes on, then by what was used.
 */
export function createLedger(db: Kysely<Tables>, clock: Clock) {
  const since = (period: 'day' | 'month', now: Date) =>
    sql<Date>`date_trunc(${period}, ${now}::timestamptz, 'UTC')`;

  const unbound = (requestId: string, order: 'asc' | 'desc') =>
    sql<string>`(select id from ledger where request_id = ${requestId} and session_id is null
      order by id ${sql.raw(order)} limit 1)`;

  /** Whose rows count for each ceiling. */
  const counting = ({ teamId, userId, channelId }: Spender) => ({
    acu_per_person_per_day: sql`l.team_id = ${teamId} and l.user_id = ${userId}`,
    acu_per_channel_per_day: sql`l.team_id = ${teamId} and l.channel_id = ${channelId}`,
    acu_per_month: sql`true`,
  });

  async function newestOf(sessionId: string, trx: Db): Promise<Newest | null> {
    const { rows } = await sql<Newest>`
      select l.id, l.request_id, l.team_id, l.user_id, l.channel_id, l.at, l.cap, l.consumed, l.is_open, l.nth,
        (select coalesce(sum(e.consumed), 0) from ledger e where e.session_id = l.session_id and e.nth < l.nth) as earlier
      from ledger l where l.session_id = ${sessionId} order by l.nth desc limit 1 for update`.execute(trx);
    return rows[0] ?? null;
  }

  /** It counts from now on in this day. */
  async function renew(
    sessionId: string,
    newest: Newest,
    { heldUntil, at }: { heldUntil: Date | null; at: Date },
    trx: Db,
  ): Promise<void> {
    const { id, requestId, teamId, userId, channelId, cap, consumed, nth } = newest;
    await trx.updateTable('ledger').set({ isOpen: false }).where('id', '=', id).execute();
    const whose = { requestId, sessionId, teamId, userId, channelId };
    const rest = cap === null ? null : Math.max(0, Math.ceil(cap - consumed));
    await trx
      .insertInto('ledger')
      .values({ ...whose, cap: rest, at, nth: nth + 1, heldUntil })
      .execute();
  }

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
        conflict.columns(['sessionId', 'nth']).doUpdateSet({
          userId: sql<string | null>`coalesce(ledger.user_id, excluded.user_id)`,
          channelId: sql<string | null>`coalesce(ledger.channel_id, excluded.channel_id)`,
          cap: sql<number | null>`coalesce(ledger.cap, excluded.cap)`,
        }),
      )
      .execute();
  }

  return {
    /** Locks the ceilings of these limits for reservations until the end of the transaction. */
    async lock(limits: Policy['limits'], spender: Spender, trx: Db): Promise<void> {
      const names = ceilingsIn(limits).map(({ key }) => lockName(key, spender));
      await lockNames(names, trx);
    },

    /** The ceilings of these limits with what counts under each, and as of when. */
    async ceilings(
      limits: Policy['limits'],
      spender: Spender,
      trx: Db = db,
    ): Promise<{ at: Date; ceilings: Ceiling[] }> {
      const inForce = ceilingsIn(limits);
      if (inForce.length === 0) return { at: new Date(), ceilings: [] };
      const at = await now(trx);
      const whose = counting(spender);
      const each = inForce.map(({ key, most }) => {
        const start = since(PERIOD_OF[key], at);
        // A session that goes on past midnight holds its reservation, also before Devin is asked again.
        const before = sql`least(${start}, ${since('day', at)} - interval '1 day')`;
        const rows = sql`${whose[key]} and l.at >= ${before} and (l.at >= ${start} or l.is_open)`;
        const own = sql`select s.response ->> 'title' as title, s.response ->> 'url' as url from ledger l
          join sessions s on s.session_id = l.session_id
          where ${rows} and l.user_id = ${spender.userId} and l.counted > l.consumed
          order by l.id desc limit ${MOST_OWN}`;
        return sql`select ${key}::text as key, ${most}::integer as most, coalesce(sum(consumed) filter (where l.at >= ${start}), 0) as used,
          coalesce(sum(counted - consumed), 0) as reserved,
          (count(*) filter (where counted > consumed))::integer as sessions,
          coalesce((select json_agg(own) from (${own}) own), '[]') as own from ledger l where ${rows}`;
      });
      const { rows } = await sql<Ceiling>`${sql.join(each, sql` union all `)}`.execute(trx);
      const ceilings = rows.toSorted((a, b) => CEILINGS.indexOf(a.key) - CEILINGS.indexOf(b.key));
      return { at, ceilings };
    },

    /** Before the POST leaves. `at`: null: now. */
    async reserve(
      { at, ...reservation }: Spender & { requestId: string; at: Date | null; cap: number | null },
      trx: Db,
    ): Promise<void> {
      await trx
        .insertInto('ledger')
        .values({ ...reservation, at: at ?? clock() })
        .execute();
    },

    /** The last creation of the request didn't happen. */
    async release(requestId: string, trx: Db): Promise<void> {
      await sql`delete from ledger where id = ${unbound(requestId, 'desc')}`.execute(trx);
    },

    /** The session of the last creation wasn't found. */
    async lose(
      { requestId, identity, ...times }: Omit<LostCreate, 'id'> & { nextLookAt: Date },
      trx: Db,
    ): Promise<void> {
      await trx
        .updateTable('ledger')
        .set({ ...times, identity: json(identity) })
        .where('id', '=', unbound(requestId, 'desc'))
        .execute();
    },

    /** All that are lost, once one is due: one search serves many. */
    async lost(due: Date): Promise<LostCreate[]> {
      const { rows } =
        await sql<LostCreate>`select id::text, request_id, sent_at, identity, lost_at from ledger
        where next_look_at is not null and exists (select from ledger where next_look_at <= ${due})
        order by next_look_at limit ${MOST_LOST}`.execute(db);
      return rows;
    },

    async lookAgain({ id }: LostCreate, at: Date): Promise<void> {
      await db.updateTable('ledger').set({ nextLookAt: at }).where('id', '=', id).execute();
    },

    /** Nobody searches for its session any more, so it counts no longer. */
    async giveUp({ id }: LostCreate): Promise<void> {
      await db.deleteFrom('ledger').where('id', '=', id).where('nextLookAt', 'is not', null).execute();
    },

    /** Binds the session of the last creation, or, if `late`, of the first without a known session. */
    async bind({ late, ...started }: StartedSpend & { late: boolean }, trx: Db): Promise<void> {
      const { requestId, sessionId, consumed } = started;
      const row = unbound(requestId, late ? 'asc' : 'desc');
      const { rows } = await sql`
        update ledger set session_id = ${sessionId}, consumed = ${consumed},
          sent_at = null, identity = null, lost_at = null, next_look_at = null
        where id = ${row} and not exists (select from ledger where session_id = ${sessionId})
        returning id`.execute(trx);
      if (rows.length === 0) await add({ ...started, startedAt: await now(trx), isOpen: true }, trx);
    },

    add,

    async isEmpty(): Promise<boolean> {
      const row = await db.selectFrom('ledger').select('id').limit(1).executeTakeFirst();
      return row === undefined;
    },

    /** In the transaction that records Devin's answer. Returns whose session used more; null: nobody's. */
    async follow(
      sessionId: string,
      { consumed = null, isOpen = null }: { consumed?: number | null; isOpen?: boolean | null },
      trx: Db,
    ): Promise<Pick<Newest, 'teamId' | 'userId' | 'channelId'> | null> {
      const newest = await newestOf(sessionId, trx);
      if (newest === null) return null;
      const at = await now(trx);
      const used = consumed === null ? newest.consumed : Math.max(0, consumed - newest.earlier);
      const goesOn = isOpen ?? newest.isOpen;
      await sql`update ledger set consumed = ${used}, is_open = ${goesOn} or coalesce(held_until > ${at}, false),
        held_until = case when ${goesOn} then null else held_until end where id = ${newest.id}`.execute(trx);
      if (goesOn && dayOf(newest.at) < dayOf(at))
        await renew(sessionId, { ...newest, consumed: used }, { heldUntil: null, at }, trx);
      return used > newest.consumed ? newest : null;
    },

    /** Whose session it is, and what it may still use, if that isn't reserved; null: it is, or the session isn't counted. */
    async unreserved(sessionId: string, trx: Db): Promise<(Spender & { rest: number }) | null> {
      const newest = await newestOf(sessionId, trx);
      if (newest === null) return null;
      const { isOpen, at, teamId, userId, channelId, cap, consumed } = newest;
      if (isOpen && dayOf(at) >= dayOf(await now(trx)) - 1) return null;
      const rest = cap === null ? 0 : Math.max(0, Math.ceil(cap - consumed));
      return { teamId, userId: userId ?? '', channelId: channelId ?? '', rest };
    },

    /** Reserves in this day what a session may still use: a message is about to wake it. */
    async hold(sessionId: string, trx: Db): Promise<void> {
      const newest = await newestOf(sessionId, trx);
      if (newest === null) return;
      const at = await now(trx);
      const heldUntil = new Date(at.getTime() + HELD_MS);
      if (dayOf(newest.at) < dayOf(at)) return renew(sessionId, newest, { heldUntil, at }, trx);
      await trx.updateTable('ledger').set({ isOpen: true, heldUntil }).where('id', '=', newest.id).execute();
    },

    /** The message didn't reach it. */
    async letGo(sessionId: string): Promise<void> {
      await sql`update ledger set is_open = false, held_until = null
        where session_id = ${sessionId} and held_until is not null`.execute(db);
    },
  };
}

/** In UTC. */
const dayOf = (at: Date): number => Math.floor(at.getTime() / DAY_MS);

function lockName(key: CeilingKey, spender: Spender): string {
  const subject = subjectOf(key, spender);
  return subject === null ? `ledger:${key}` : `ledger:${key}:${spender.teamId}:${subject}`;
}

/** `repos`: of its request. */
export type LedgerEntry = Omit<Newest, 'teamId' | 'nth' | 'earlier'> &
  Pick<LedgerRow, 'sessionId' | 'counted'> & { repos: string[] | null };

/** A report counts no more sessions, and says so. */
export const MOST_REPORTED = 5000;
const PAGE = 500;

/** `l`: the entries. */
const entriesOf = (l: RawBuilder<unknown>) => sql`
  select l.id::text, l.request_id, l.session_id, l.user_id, l.channel_id, l.at, l.cap, l.consumed, l.counted, l.is_open,
  r.draft #> '{values,repos}' as repos
  from ${l} l left join session_requests r on r.id = l.request_id`;

/** Usage, from the ledger. */
export function createUsage(db: Kysely<Tables>) {
  return {
    /** The newest first. */
    async rows(spender: Spender, scope: UsageAsked['scope'], since: Date): Promise<UsageRow[]> {
      // The limit comes before the joins, which would take long for a year.
      const newest = sql`(select * from ledger l where l.at >= ${since} and l.team_id = ${spender.teamId} ${within(scope, spender)}
        order by l.at desc limit ${MOST_REPORTED})`;
      const { rows } = await sql<LedgerEntry>`${entriesOf(newest)} order by l.at desc`.execute(db);
      return rows;
    },

    /** All entries, the oldest first. */
    entries: (since: Date | null): AsyncGenerator<LedgerEntry> =>
      everyRow<LedgerEntry>(async (last) => {
        const { rows } = await sql<LedgerEntry>`${entriesOf(sql`ledger`)} where l.id > ${last?.id ?? '0'}
          and l.at >= ${since ?? new Date(0)} order by l.id limit ${PAGE}`.execute(db);
        return rows;
      }),
  };
}

/** Of a workspace's entries. */
function within(scope: UsageAsked['scope'], { userId, channelId }: Spender) {
  switch (scope) {
    case 'me':
      return sql`and l.user_id = ${userId}`;
    case 'channel':
      return sql`and l.channel_id = ${channelId}`;
    case 'workspace':
      return sql``;
  }
}
