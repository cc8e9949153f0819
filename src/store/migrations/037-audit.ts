import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/**
 * Who did what, as whom, with what result; each entry holds the hash of the one before. What is hashed is JSON without
 * spaces, with the keys in this order and without `hash`; trust/audit/ computes it again.
 */
export const audit: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`create table audit (
      seq bigint primary key,
      at timestamptz(3) not null,
      kind text not null,
      user_id text,
      devin_user_id text,
      channel_id text,
      message_ts text,
      request_id text,
      session_id text,
      rule text,
      result text not null,
      prev text not null,
      hash text not null)`.execute(db);
    await sql`create index audit_by_time on audit (at)`.execute(db);
    await sql`create index audit_of_files on audit (kind, seq) where kind in ('policy', 'mapping')`.execute(
      db,
    );
    await createHash(db);
    await createAppend(db);
    await refuseChanges(db);
  },
};

async function createHash(db: Kysely<unknown>): Promise<void> {
  await sql`create function audit_hash(entry audit) returns text language sql stable as $body$
    select encode(sha256(convert_to(row_to_json(entries)::text, 'UTF8')), 'hex') from (
      select entry.seq, to_char(entry.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at, entry.kind,
        entry.user_id, entry.devin_user_id, entry.channel_id, entry.message_ts, entry.request_id, entry.session_id,
        entry.rule, entry.result, entry.prev) as entries
  $body$`.execute(db);
}

/**
 * One statement for all entries of a transaction. The lock is held until the commit, so that no two entries follow the
 * same one; each query in the function sees what was committed while it waited.
 */
async function createAppend(db: Kysely<unknown>): Promise<void> {
  await sql`create function append_audit(entries json) returns void language plpgsql volatile as $body$
    declare
      item json;
      entry audit;
      last audit;
    begin
      perform pg_advisory_xact_lock(hashtextextended('audit', 0));
      select * into last from audit order by seq desc limit 1;
      for item in select value from json_array_elements(entries) loop
        entry := json_populate_record(null::audit, item);
        entry.seq := coalesce(last.seq, 0) + 1;
        entry.at := date_trunc('milliseconds', clock_timestamp());
        entry.prev := coalesce(last.hash, repeat('0', 64));
        entry.hash := audit_hash(entry);
        insert into audit values (entry.*);
        last := entry;
      end loop;
    end
  $body$`.execute(db);
}

async function refuseChanges(db: Kysely<unknown>): Promise<void> {
  await sql`create function refuse_audit_change() returns trigger language plpgsql as $body$
    begin
      raise exception 'the audit is append-only';
    end
  $body$`.execute(db);
  await sql`create trigger audit_is_append_only before update or delete or truncate on audit
    for each statement execute function refuse_audit_change()`.execute(db);
}
