import { sql, type Kysely } from 'kysely';
import { interval } from './sql.ts';
import type { Db, Tables } from './store.ts';

const MINUTE_MS = 60_000;

export type Leases = ReturnType<typeof createLeases>;

/** Leases by the database's clock. By its number, a write can tell whether its lease is still held. */
export function createLeases(db: Kysely<Tables>) {
  const untilIn = (forMs: number) => sql<Date>`now() + ${interval(forMs)}`;

  return {
    /** The number of the new lease; null while another holds it. `longestMs`: for how long it may be renewed. */
    async take(
      name: string,
      forMs: number,
      { trx = db, longestMs = forMs }: { trx?: Db | undefined; longestMs?: number } = {},
    ): Promise<string | null> {
      // One that lasts longer than it can was taken before the clock was set back.
      const { rows } = await sql<{ number: string }>`
        insert into leases (name, number, until) values (${name}, nextval('lease_numbers'), ${untilIn(forMs)})
        on conflict (name) do update set number = excluded.number, until = excluded.until
          where leases.until < now() or leases.until > ${untilIn(longestMs)}
        returning number`.execute(trx);
      return rows[0]?.number ?? null;
    },

    /** False if another process has taken over, or it was released. In a transaction, nobody takes over before its end. */
    async renew(name: string, number: string, forMs: number, trx: Db = db): Promise<boolean> {
      const { rows } = await sql`
        update leases set until = ${untilIn(forMs)} where name = ${name} and number = ${number}
        returning name`.execute(trx);
      return rows.length > 0;
    },

    /** Whether each is still held, and was renewed: one that a transaction has locked is renewed there. */
    async renewAll(numbers: readonly string[], forMs: number): Promise<Map<string, { isRenewed: boolean }>> {
      const { rows } = await sql<{ number: string; isRenewed: boolean }>`
        with mine as (select name from leases where number = any(${numbers}::bigint[]) for update skip locked),
          renewed as (update leases set until = ${untilIn(forMs)} where name in (select name from mine))
        select number, name in (select name from mine) as is_renewed
        from leases where number = any(${numbers}::bigint[])`.execute(db);
      return new Map(rows.map(({ number, isRenewed }) => [number, { isRenewed }]));
    },

    /** Whether it is held for longer than this from now on. */
    async outlasts(name: string, ms: number): Promise<boolean> {
      const { rows } = await sql`
        select name from leases where name = ${name} and until > ${untilIn(ms)}`.execute(db);
      return rows.length > 0;
    },

    /** False if another process has taken over, or it was released before. */
    async release(name: string, number: string, trx: Db = db): Promise<boolean> {
      const { rows } = await sql`
        delete from leases where name = ${name} and number = ${number} returning name`.execute(trx);
      return rows.length > 0;
    },

    /** Frees what processes that died held. Longer leases stay: they say that a person was told something. */
    async releaseAll(): Promise<void> {
      await db.deleteFrom('leases').where('until', '<', untilIn(MINUTE_MS)).execute();
    },
  };
}
