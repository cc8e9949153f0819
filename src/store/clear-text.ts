import { sql } from 'kysely';
import type { Transaction } from 'kysely';
import type { Tables } from './tables.ts';

/** Phases in which a session says nothing new by itself; literally as in the index `sessions_with_text`. */
export const AT_REST = sql.raw(`('finished', 'asleep', 'capped', 'failed', 'ended', 'gone')`);

/** What people and Devin wrote in sessions. */
export async function clearTalk(trx: Transaction<Tables>, sessionIds: readonly string[]): Promise<void> {
  if (sessionIds.length === 0) return;
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
  await trx.updateTable('replies').set(NO_REPLY_TEXT).where('sessionId', 'in', sessionIds).execute();
}

export const NO_REPLY_TEXT = { text: '', sentText: null, files: '[]', failure: null };

/** Of the options those stay that say what was asked for without saying it: repositories, mode, caps. */
export async function clearRequests(trx: Transaction<Tables>, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await sql`
    update session_requests set text_removed_at = now(), prompt = null, context = null, material = null,
      approvals = '[]', uploads = null, slack_file_ids = '[]', secret_names = '[]', sealed = null, failure = null,
      draft = draft #- '{values,prompt}' #- '{values,title}' #- '{values,structured_output_schema}'
        #- '{values,attachment_urls}'
    where id in (${sql.join(ids)})`.execute(trx);
  await trx.deleteFrom('approvalMessages').where('requestId', 'in', ids).execute();
}
