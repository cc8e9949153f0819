import { sql, type Kysely, type RawBuilder, type Transaction } from 'kysely';
import { interval, type Clock } from './sql.ts';
import type { Tables } from './store.ts';

/** How many writes to Slack can come at once, and how many a minute after that. */
type Rate = { burst: number; perMinute: number };

/** What a write is for. Each class comes before the next, and in it what has waited longest. */
const CLASSES = {
  /** The URL of a new session, or that it could not start. `kept`: the share of a burst that is kept for higher classes. */
  url: { rank: 1, kept: 0 },
  /** A person is needed, or it is over. */
  needed: { rank: 2, kept: 0.2 },
  rest: { rank: 3, kept: 0.4 },
} as const;
export type TurnClass = keyof typeof CLASSES;

export type Turn = {
  /** Names the write. */
  key: string;
  /** Edits are counted by workspace, posts by channel. */
  of: 'edits' | 'posts';
  place: string;
  turnClass: TurnClass;
};

/** In a channel that was too busy. https://docs.slack.dev/reference/methods/chat.postMessage */
const POSTS: Rate = { burst: 2, perMinute: 60 };
/** How long a channel then counts its messages. */
const COUNTED_MS = 60_000;
/** Slack asks for a minute at most. What is further away was written before the clock was set back. */
const LONGEST_WAIT_MS = 120_000;
/** Nobody waits longer for what should have asked again: it has nothing to show any more, or its process died. */
const OVERDUE_MS = 2000;
/** What is that late is forgotten. */
const FORGOTTEN_MS = 60_000;
const MINUTE_MS = 60_000;

/** Turns to edit messages, and to post where Slack was too busy, for all replicas. Who waits asks again. */
export function createTurns(db: Kysely<Tables>, edits: Rate, clock: Clock) {
  const rates = { edits, posts: POSTS };
  const inMs = (ms: number | RawBuilder<unknown>) => sql<Date>`${clock()} + ${interval(ms)}`;
  /** How far the next write at a place is ahead. */
  const aheadOf = () => sql`ms_until(next_at, ${clock()}, ${2 * LONGEST_WAIT_MS})`;

  /** One process at a time takes turns at a place. Returns how far the next write is ahead. */
  async function lockPace(place: string, trx: Transaction<Tables>): Promise<number> {
    const { rows } = await sql<{ aheadMs: number }>`
      insert into paces (place, next_at) values (${place}, ${clock()})
      on conflict (place) do update set place = excluded.place
      returning ${aheadOf()} as ahead_ms`.execute(trx);
    return rows[0]?.aheadMs ?? 0;
  }

  /** Since when it waits, and how many come before it. */
  async function findPlace({ key, place, turnClass }: Turn, trx: Transaction<Tables>) {
    const { rows } = await sql<{ sinceMs: number; before: number }>`
      with mine as (
        select coalesce(
          (select since from turns where place = ${place} and key = ${key}),
          extract(epoch from ${clock()})::float8 * 1000
        ) as mine_since
      )
      select mine_since as since_ms, (
        select count(*)::integer from turns
        where place = ${place} and key <> ${key}
          and (turns.rank, turns.since) < (${CLASSES[turnClass].rank}::int, mine_since)
          and again_at between ${inMs(-OVERDUE_MS)} and ${inMs(LONGEST_WAIT_MS)}
      ) as before from mine`.execute(trx);
    return rows[0] ?? { sinceMs: 0, before: 0 };
  }

  /** 0: it may be made now; otherwise when to ask again, in ms. */
  async function take(turn: Turn): Promise<number> {
    const { key, of, place, turnClass } = turn;
    const stepMs = MINUTE_MS / rates[of].perMinute;
    return db.transaction().execute(async (trx) => {
      const aheadMs = await lockPace(place, trx);
      const { sinceMs, before } = await findPlace(turn, trx);
      const leftMs = Math.ceil(aheadMs + before * stepMs - leadMs(rates[of], turnClass));
      const waitMs = Math.min(Math.max(0, leftMs), LONGEST_WAIT_MS);
      if (waitMs === 0) {
        await sql`
          with gone as (
            delete from turns where place = ${place} and (key = ${key} or again_at <= ${inMs(-FORGOTTEN_MS)})
          )
          update paces set next_at = ${inMs(sql`(${aheadOf()} + ${stepMs})`)} where place = ${place}`.execute(
          trx,
        );
      } else {
        const again = { rank: CLASSES[turnClass].rank, since: sinceMs, againAt: inMs(waitMs) };
        await trx
          .insertInto('turns')
          .values({ place, key, ...again })
          .onConflict((conflict) => conflict.columns(['place', 'key']).doUpdateSet(again))
          .execute();
      }
      return waitMs;
    });
  }

  return {
    take,

    /** Slack was too busy for it; returns when to ask again, in ms. */
    async refused(turn: Turn, retryAfterMs: number): Promise<number> {
      const { of, place } = turn;
      // Lower classes wait longer.
      const pausedMs = Math.min(retryAfterMs, LONGEST_WAIT_MS) + leadMs(rates[of], 'url');
      await sql`
        insert into paces (place, next_at) values (${place}, ${inMs(pausedMs)})
        on conflict (place) do update set next_at = greatest(paces.next_at, excluded.next_at)`.execute(db);
      return take(turn);
    },

    /** Whether messages don't need a turn in this channel. */
    isCalm: (channelId: string): RawBuilder<boolean> =>
      sql<boolean>`not exists (
        select from paces where place = ${channelId} and next_at > ${inMs(-COUNTED_MS)})`,
  };
}

/** How far ahead the next write can be planned: the lower the class, the less. */
function leadMs({ burst, perMinute }: Rate, turnClass: TurnClass): number {
  return ((burst - 1) * (1 - CLASSES[turnClass].kept) * MINUTE_MS) / perMinute;
}
