import { sql, type Kysely } from 'kysely';
import { interval } from './sql.ts';
import type { Db, Tables } from './tables.ts';

/** Which replica does something that only one can do at a time. */
export type LeasesTable = {
  name: string;
  /** Rises with each lease, so that a lost one is never taken for the current one. */
  number: string;
  until: Date;
};

export type Leases = ReturnType<typeof createLeases>;

/**
 * What only one of several processes may do at a time: the one that holds the lease. The database's clock decides.
 * Each lease has a number that no other ever had, by which a write can tell whether the lease is still held.
 */
export function createLeases(db: Kysely<Tables>) {
  const untilIn = (forMs: number) => sql<Date>`now() + ${interval(forMs)}`;

  return {
    /** The number of the new lease; null while another holds it. */
    async take(name: string, forMs: number, trx: Db = db): Promise<string | null> {
      // One that lasts longer than it can was taken before the clock was set back.
      const { rows } = await sql<{ number: string }>`
        insert into leases (name, number, until) values (${name}, nextval('lease_numbers'), ${untilIn(forMs)})
        on conflict (name) do update set number = excluded.number, until = excluded.until
          where leases.until < now() or leases.until > ${untilIn(forMs)}
        returning number`.execute(trx);
      return rows[0]?.number ?? null;
    },

    /** False when another has taken over, or it was released. In a transaction, nobody takes over before its end. */
    async renew(name: string, number: string, forMs: number, trx: Db = db): Promise<boolean> {
      const { rows } = await sql`
        update leases set until = ${untilIn(forMs)} where name = ${name} and number = ${number}
        returning name`.execute(trx);
      return rows.length > 0;
    },

    /** False if another process has taken over, or it was released before. */
    async release(name: string, number: string, trx: Db = db): Promise<boolean> {
      const { rows } = await sql`
        delete from leases where name = ${name} and number = ${number} returning name`.execute(trx);
      return rows.length > 0;
    },

    async releaseAll(): Promise<void> {
      await db.deleteFrom('leases').execute();
    },
  };
}
