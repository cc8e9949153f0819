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
