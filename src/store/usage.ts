import { sql, type Kysely, type RawBuilder } from 'kysely';
import { z } from 'zod';
import type { UsageRow, UsageScope } from '../session/usage.ts';
import type { Tables } from './tables.ts';

const rowSchema = z.object({
  id: z.coerce.bigint(),
  requestId: z.string(),
  sessionId: z.string().nullable(),
  userId: z.string().nullable(),
  channelId: z.string().nullable(),
  at: z.date(),
  cap: z.number().nullable(),
  consumed: z.number(),
  counted: z.number(),
  isOpen: z.boolean(),
  mode: z.string().nullable(),
  repos: z.array(z.string()).nullable(),
  merged: z.coerce.number(),
});
export type LedgerEntry = z.infer<typeof rowSchema>;

/** A report counts no more sessions, and says so. */
export const MOST_REPORTED = 5000;
const PAGE = 500;

/** `l`: the entries. */
const entriesOf = (l: RawBuilder<unknown>) => sql`
  select l.id, l.request_id, l.session_id, l.user_id, l.channel_id, l.at, l.cap, l.consumed, l.counted, l.is_open,
  coalesce(s.response ->> 'devin_mode', r.draft #>> '{values,devin_mode}') as mode,
  r.draft #> '{values,repos}' as repos,
  jsonb_array_length(jsonb_path_query_array(
    (s.response -> 'pull_requests')::jsonb, '$[*] ? (@.pr_state == "merged")')) as merged
  from ${l} l
  left join session_requests r on r.id = l.request_id
  left join sessions s on s.session_id = l.session_id`;

/** Usage, from the ledger and its sessions. */
export function createUsage(db: Kysely<Tables>) {
  return {
    /** The newest first. */
    async rows(scope: UsageScope, since: Date): Promise<UsageRow[]> {
      // The limit comes before the joins, which would take long for a year.
      const newest = sql`(select * from ledger l where l.at >= ${since} and ${within(scope)}
        order by l.at desc limit ${MOST_REPORTED})`;
      const { rows } = await sql`${entriesOf(newest)} order by l.at desc`.execute(db);
      return rows.map((row) => rowSchema.parse(row));
    },

    /** All entries, the oldest first. */
    async *entries(since: Date | null): AsyncGenerator<LedgerEntry> {
      let after = 0n;
      for (;;) {
        const { rows } = await sql`${entriesOf(sql`ledger`)} where l.id > ${after}
          and l.at >= ${since ?? new Date(0)} order by l.id limit ${PAGE}`.execute(db);
        const page = rows.map((row) => rowSchema.parse(row));
        yield* page;
        if (page.length < PAGE) return;
        after = page.at(-1)?.id ?? after;
      }
    },
  };
}

function within(scope: UsageScope) {
  switch (scope.kind) {
    case 'me':
      return sql`l.team_id = ${scope.teamId} and l.user_id = ${scope.userId}`;
    case 'channel':
      return sql`l.team_id = ${scope.teamId} and l.channel_id = ${scope.channelId}`;
    case 'workspace':
      return sql`l.team_id = ${scope.teamId}`;
  }
}
