import { sql } from 'kysely';
import type { Kysely, RawBuilder } from 'kysely';
import type { Tables } from './tables.ts';

/** The moment, as SQL: what several processes compare is told by one clock. */
export type Clock = () => RawBuilder<Date>;

/** The database's own. */
export const databaseClock: Clock = () => sql<Date>`clock_timestamp()`;

/** A clock that is set from outside, as in a test. */
export function clockOf(now: () => number): Clock {
  return () => sql<Date>`${new Date(now())}::timestamptz`;
}

/** Clocks that write and read differ by less. */
const MARGIN_MS = 60_000;

/** Whether a column's moment is so long ago by the database's clock; or ahead of it: it was set back since. */
export function isLongAgo(moment: RawBuilder<unknown>, ms: number): RawBuilder<boolean> {
  return sql<boolean>`(${moment} <= now() - ${ms} * interval '1 ms'
    or ${moment} > now() + ${MARGIN_MS} * interval '1 ms')`;
}

export type DatabaseTime = ReturnType<typeof createDatabaseTime>;

/**
 * What time it is by the database's clock, in ms: its moments are compared with nothing else. This machine's clock may
 * be wrong, and be set at any time; it only counts what has passed since the last reading.
 */
export function createDatabaseTime(passedMs: () => number = () => performance.now()) {
  let aheadMs: number | null = null;
  return {
    /** Before the first reading, what this machine says. */
    now: (): number => (aheadMs === null ? Date.now() : aheadMs + passedMs()),

    async read(db: Kysely<Tables>): Promise<void> {
      const askedMs = passedMs();
      const { rows } = await sql<{ now: Date }>`select clock_timestamp() as now`.execute(db);
      const [row] = rows;
      if (row !== undefined) aheadMs = row.now.getTime() - (askedMs + passedMs()) / 2;
    },
  };
}
