import { sql } from 'kysely';
import type { Kysely, RawBuilder, Transaction } from 'kysely';
import { MOST_FAILURES } from './set-aside.ts';
import type { Tables } from './tables.ts';

/** Rows of a batch: what waits for it waits for no longer than it takes. */
const BATCH = 100;
/** How long the doctor shows what could not be brought to Slack. */
const SET_ASIDE_DAYS = 30;
/** Longer than a month, for which owners are told once. */
const ALERT_DAYS = 40;

export type Retention = ReturnType<typeof createRetention>;

/** Removes what people and Devin wrote from rows that are old, and rows of no more use; by the database's clock. */
export function createRetention(db: Kysely<Tables>) {
  const ago = (days: number) => sql<Date>`now() - ${days} * interval '1 day'`;

  return {
    /** Of sessions that have rested for so long. How many there were; there may be more. */
    async clearSessions(days: number): Promise<number> {
      return db.transaction().execute(async (trx) => {
        // Literally as in the index.
        const old = await sql<{ sessionId: string; requestId: string }>`
          select session_id, request_id from sessions
          where text_removed_at is null and phase in ('finished', 'asleep', 'capped', 'failed', 'ended', 'gone')
            and changed_at < ${ago(days)} and coalesce(touched_at < ${ago(days)}, true)
          order by changed_at limit ${BATCH} for update skip locked`.execute(trx);
        const sessionIds = old.rows.map((row) => row.sessionId);
        if (sessionIds.length === 0) return 0;
        await clearTalk(trx, sessionIds);
        await clearRequests(
          trx,
          old.rows.map((row) => row.requestId),
        );
        return sessionIds.length;
      });
    },

    /** Of requests that ended without a session. */
    async clearRequests(days: number): Promise<number> {
      return db.transaction().execute(async (trx) => {
        const old = await sql<{ id: string }>`
          select id from session_requests
          where text_removed_at is null and session_id is null and state in ('refused', 'failed', 'unknown')
            and updated_at < ${ago(days)}
          order by updated_at limit ${BATCH} for update skip locked`.execute(trx);
        const ids = old.rows.map((row) => row.id);
        if (ids.length > 0) await clearRequests(trx, ids);
        return ids.length;
      });
    },

    /** Leases of processes that died, Homes that nobody looks at, identities and failures of long ago. */
    async sweep(): Promise<void> {
      await db.deleteFrom('leases').where('until', '<', ago(1)).execute();
      await db.deleteFrom('homes').where('openedAt', '<', ago(1)).execute();
      await db.deleteFrom('identities').where('checkedAt', '<', ago(1)).execute();
      await db.deleteFrom('budgetAlerts').where('at', '<', ago(ALERT_DAYS)).execute();
      await forgetFailures(db, ago);
    },
  };
}

/** A session that still fails does so at least once an hour; what else was set aside is not tried again. */
async function forgetFailures(db: Kysely<Tables>, ago: (days: number) => RawBuilder<Date>): Promise<void> {
  await db
    .deleteFrom('setAside')
    .where((where) =>
      where.or([
        where('failedAt', '<', ago(SET_ASIDE_DAYS)),
        where.and([
          where('failedAt', '<', ago(1)),
          where.or([where('kind', '=', 'session'), where('failures', '<', MOST_FAILURES)]),
        ]),
      ]),
    )
    .execute();
}

async function clearTalk(trx: Transaction<Tables>, sessionIds: string[]): Promise<void> {
  await sql`
    update sessions set text_removed_at = now(), last_words = null,
      response = ((response::jsonb - 'title') || '{"structured_output": null}'::jsonb)::json
    where session_id in (${sql.join(sessionIds)})`.execute(trx);
  await trx
    .updateTable('sessionMessages')
    .set({ text: '' })
    .where('sessionId', 'in', sessionIds)
    .where('text', '<>', '')
    .execute();
  await trx
    .updateTable('replies')
    .set({ text: '', sentText: null, files: '[]', failure: null })
    .where('sessionId', 'in', sessionIds)
    .execute();
}

/** Of the options those stay that say what was asked for without saying it: repositories, mode, caps. */
async function clearRequests(trx: Transaction<Tables>, ids: string[]): Promise<void> {
  await sql`
    update session_requests set text_removed_at = now(), prompt = null, context = null, uploads = null,
      material = null, approvals = '[]',
      slack_file_ids = '[]', secret_names = '[]', sealed = null, failure = null,
      draft = draft #- '{values,prompt}' #- '{values,title}' #- '{values,structured_output_schema}'
        #- '{values,attachment_urls}'
    where id in (${sql.join(ids)})`.execute(trx);
  await trx.deleteFrom('approvalMessages').where('requestId', 'in', ids).execute();
}
