import type { Kysely } from 'kysely';
import type { Tables } from './tables.ts';

export type Leases = ReturnType<typeof createLeases>;

/** What only one of several processes may do at a time: the one that holds the lease. */
export function createLeases(db: Kysely<Tables>) {
  return {
    /** Takes the lease when it is free, lapsed or one's own, for `forMs` from now; false while another holds it. */
    async take(name: string, owner: string, forMs: number): Promise<boolean> {
      const now = new Date();
      const until = new Date(now.getTime() + forMs);
      const taken = await db
        .insertInto('leases')
        .values({ name, owner, until })
        .onConflict((conflict) =>
          conflict
            .column('name')
            .doUpdateSet({ owner, until })
            .where((where) => where.or([where('leases.owner', '=', owner), where('leases.until', '<', now)])),
        )
        .returning('name')
        .executeTakeFirst();
      return taken !== undefined;
    },

    async releaseAll(): Promise<void> {
      await db.deleteFrom('leases').execute();
    },

    async release(name: string, owner: string): Promise<void> {
      await db.deleteFrom('leases').where('name', '=', name).where('owner', '=', owner).execute();
    },
  };
}
