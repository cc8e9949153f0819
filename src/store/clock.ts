import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';

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
