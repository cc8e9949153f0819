import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Where the audit ends, in a table of its own: without it, missing last entries go unnoticed. */
export const auditEnd: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`create table audit_end (
      is_only boolean primary key default true check (is_only),
      seq bigint not null,
      hash text not null)`.execute(db);
    await sql`insert into audit_end (seq, hash) select seq, hash from audit order by seq desc limit 1`.execute(
      db,
    );
    await appendAtTheEnd(db);
  },
};

/** As before, but the next entry follows the end that was noted, also if entries are missing there. */
async function appendAtTheEnd(db: Kysely<unknown>): Promise<void> {
  await sql`create or replace function append_audit(entries json) returns void language plpgsql volatile as $body$
    declare
      item json;
      entry audit;
      last audit_end;
    begin
      perform pg_advisory_xact_lock(hashtextextended('audit', 0));
      select * into last from audit_end;
      if not found then
        select true, seq, hash into last from audit order by seq desc limit 1;
      end if;
      for item in select value from json_array_elements(entries) loop
        entry := json_populate_record(null::audit, item);
        entry.seq := coalesce(last.seq, 0) + 1;
        entry.at := date_trunc('milliseconds', clock_timestamp());
        entry.prev := coalesce(last.hash, repeat('0', 64));
        entry.hash := audit_hash(entry);
        insert into audit values (entry.*);
        last.seq := entry.seq;
        last.hash := entry.hash;
      end loop;
      insert into audit_end (seq, hash) values (last.seq, last.hash)
        on conflict (is_only) do update set seq = excluded.seq, hash = excluded.hash;
    end
  $body$`.execute(db);
}
