import { sql } from 'kysely';
import type { Kysely } from 'kysely';
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
  const untilIn = (forMs: number) => sql<Date>`now() + ${forMs} * interval '1 ms'`;

  return {
    /** The number of the new lease; null while another holds it. */
    async take(name: string, forMs: number, trx: Db = db): Promise<string | null> {
      const taken = await trx
        .insertInto('leases')
        .values({ name, number: sql`nextval('lease_numbers')`, until: untilIn(forMs) })
        .onConflict((conflict) =>
          conflict
            .column('name')
            .doUpdateSet((excluded) => ({
              number: excluded.ref('excluded.number'),
              until: excluded.ref('excluded.until'),
            }))
            // One that lasts longer than it can was taken before the clock was set back.
            .where(sql<boolean>`leases.until < now() or leases.until > ${untilIn(forMs)}`),
        )
        .returning('number')
        .executeTakeFirst();
      return taken?.number ?? null;
    },

    /** False when another has taken over, or it was released. In a transaction, nobody takes over before its end. */
    async renew(name: string, number: string, forMs: number, trx: Db = db): Promise<boolean> {
      const renewed = await trx
        .updateTable('leases')
        .set({ until: untilIn(forMs) })
        .where('name', '=', name)
        .where('number', '=', number)
        .returning('name')
        .executeTakeFirst();
      return renewed !== undefined;
    },

    /** False if another process has taken over, or it was released before. */
    async release(name: string, number: string, trx: Db = db): Promise<boolean> {
      const released = await trx
        .deleteFrom('leases')
        .where('name', '=', name)
        .where('number', '=', number)
        .returning('name')
        .executeTakeFirst();
      return released !== undefined;
    },

    async releaseAll(): Promise<void> {
      await db.deleteFrom('leases').execute();
    },
  };
}
