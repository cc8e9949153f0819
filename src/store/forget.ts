import { sql, type Kysely, type Transaction } from 'kysely';
import { batchesOf } from '../bounds.ts';
import { fields } from '../session/fields.ts';
import { phasesOf } from '../session/lifecycle.ts';
import { shownEvent } from '../session/reply.ts';
import { PENDING_STATES } from '../session/request.ts';
import { appendAudit } from './audit.ts';
import { literals } from './sql.ts';
import type { Tables } from './tables.ts';

type Trx = Transaction<Tables>;

type Forgotten = {
  requests: number;
  sessions: number;
  replies: number;
  /** Still needed for work in progress: kept until that ends. */
  inProgress: number;
};

const BATCH = 500;

/**
 * Removes what a person wrote, what Devin wrote to them, and what is known about them besides their ids. Run it again to
 * remove what has ended since. `by`: who runs it.
 */
export async function forgetPerson(db: Kysely<Tables>, userId: string, by: string): Promise<Forgotten> {
  const theirs = await findTheirs(db, userId);
  const ended = theirs.filter(({ isPending }) => !isPending);
  for (const batch of batchesOf(ended, BATCH)) await clearBatch(db, batch);
  return db.transaction().execute(async (trx) => {
    await clearQuotes(trx, userId);
    const { replies, waiting } = await clearReplies(trx, userId);
    await clearNames(trx, userId);
    await clearDecisions(trx, userId);
    await deleteRows(trx, userId);
    await appendAudit([{ kind: 'forget', userId, result: `done:${by}` }], trx);
    return {
      requests: ended.length,
      sessions: ended.filter(({ sessionId }) => sessionId !== null).length,
      replies,
      inProgress: theirs.length - ended.length + waiting,
    };
  });
}

type Theirs = { id: string; sessionId: string | null; isPending: boolean };

async function findTheirs(db: Kysely<Tables>, userId: string): Promise<Theirs[]> {
  const { rows } = await sql<Theirs>`
    select request.id, session.session_id,
      request.state in ${literals(PENDING_STATES)} or coalesce(session.phase not in ${AT_REST}, false) as is_pending
    from session_requests as request left join sessions as session on session.request_id = request.id
    where request.user_id = ${userId}`.execute(db);
  return rows;
}

async function clearBatch(db: Kysely<Tables>, theirs: readonly Theirs[]): Promise<void> {
  const sessionIds = theirs.flatMap(({ sessionId }) => sessionId ?? []);
  const ids = theirs.map(({ id }) => id);
  await db.transaction().execute(async (trx) => {
    await clearTalk(trx, sessionIds);
    await clearRequests(trx, ids);
  });
}

/** Other people's requests about a message that the person wrote: its words may be their task. */
async function clearQuotes(trx: Trx, userId: string): Promise<void> {
  const quoting = sql`context -> 'picked' ->> 'userId' = ${userId} and state not in ${literals(PENDING_STATES)}`;
  await sql`
    update session_requests set prompt = null, context = null, material = null, draft = draft #- '{values,prompt}'
    where ${quoting}`.execute(trx);
}

/** What they said in other people's sessions, and how those threads show it. */
async function clearReplies(trx: Trx, userId: string): Promise<{ replies: number; waiting: number }> {
  const { rows } = await sql<{ state: string; eventId: string | null; id: string }>`
    select id, event_id, state from replies where user_id = ${userId} and text <> ''`.execute(trx);
  const ended = rows.filter(({ state }) => state !== 'accepted' && state !== 'sending');
  for (const batch of batchesOf(ended, BATCH)) {
    const ids = batch.map(({ id }) => id);
    const shownAs = batch.flatMap(({ id, eventId }) => [
      shownEvent(id),
      ...(eventId === null ? [] : [eventId]),
    ]);
    await trx
      .updateTable('threadMessages')
      .set({ text: '' })
      .where('key', 'in', shownAs)
      .where('state', '<>', 'pending')
      .execute();
    await trx.updateTable('replies').set(NO_REPLY_TEXT).where('id', 'in', ids).execute();
  }
  return { replies: ended.length, waiting: rows.length - ended.length };
}

/** The ids stay: they say who a session belongs to. */
async function clearNames(trx: Trx, userId: string): Promise<void> {
  const nameless = sql`identity - 'slackName'
    || case when identity ? 'name' then jsonb_build_object('name', identity -> 'devinUserId') else '{}' end
    || case when identity ? 'maskedEmail' then '{"maskedEmail": null}' else '{}'::jsonb end`;
  await sql`update session_requests set identity = ${nameless} where user_id = ${userId}`.execute(trx);
  await sql`update unconfirmed_creates set identity = ${nameless}
    where request_id in (select id from session_requests where user_id = ${userId})`.execute(trx);
}

/** Their decisions about other people's requests: their ids stay, their names and reasons don't. */
async function clearDecisions(trx: Trx, userId: string): Promise<void> {
  await sql`update session_requests set failure = jsonb_set(failure, '{reason}', 'null')
    where failure #>> '{by,userId}' = ${userId}`.execute(trx);
  await sql`update session_requests set approvals = (
      select jsonb_agg(case when approval #>> '{end,by,userId}' = ${userId}
        then jsonb_set(approval, '{end,reason}', 'null') else approval end order by number)
      from jsonb_array_elements(approvals) with ordinality as each (approval, number))
    where approvals @> ${JSON.stringify([{ end: { by: { userId } } }])}::jsonb`.execute(trx);
  // As Postgres prints jsonb: shorter keys first.
  const voter = String.raw`\{"name": "(?:[^"\\]|\\.)*", "userId": "${userId}"`;
  const nameless = `{"name": "${userId}", "userId": "${userId}"`;
  for (const column of ['approvals', 'failure'])
    await sql`update session_requests
      set ${sql.ref(column)} = regexp_replace(${sql.ref(column)}::text, ${voter}, ${nameless}, 'g')::jsonb
      where ${sql.ref(column)}::text like ${`%"userId": "${userId}"%`}`.execute(trx);
}

async function deleteRows(trx: Trx, userId: string): Promise<void> {
  await trx
    .deleteFrom('forms')
    .where(sql<boolean>`user_id = ${userId} or context -> 'picked' ->> 'userId' = ${userId}`)
    .execute();
  await trx.deleteFrom('settings').where('scope', '=', 'person').where('scopeId', '=', userId).execute();
  await sql`delete from shown where split_part(key, ':', 1) = 'home' and split_part(key, ':', 3) = ${userId}`.execute(
    trx,
  );
  // What an administrator decided stays.
  await trx.deleteFrom('people').where('userId', '=', userId).where('linkedTo', 'is', null).execute();
  await trx
    .updateTable('people')
    .set({ slack: null, address: null, identity: null, ranAs: null })
    .where('userId', '=', userId)
    .execute();
}

/** Phases in which Devin says nothing new; as in the index `sessions_with_text`. */
export const AT_REST = literals(phasesOf('earlier'));

/** What people and Devin wrote in sessions. */
export async function clearTalk(trx: Trx, sessionIds: readonly string[]): Promise<void> {
  if (sessionIds.length === 0) return;
  await sql`
    update sessions set text_removed_at = now(), last_words = null,
      response = ((response::jsonb - 'title') || '{"structured_output": null}'::jsonb)::json
    where session_id in (${sql.join(sessionIds)})`.execute(trx);
  await trx
    .updateTable('threadMessages')
    .set({ text: '' })
    .where('sessionId', 'in', sessionIds)
    .where('text', '<>', '')
    .execute();
  await trx.updateTable('replies').set(NO_REPLY_TEXT).where('sessionId', 'in', sessionIds).execute();
}

const NO_REPLY_TEXT = { text: '', sentText: null, files: '[]', failure: null };

const NO_DRAFT_TEXT = sql.join(
  fields.filter(({ isText }) => isText).map(({ key }) => sql`#- ${sql.lit(`{values,${key}}`)}`),
  sql` `,
);

/** Options stay if they say what was asked for without people's words: repositories, mode, caps. */
export async function clearRequests(trx: Trx, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await sql`
    update session_requests set text_removed_at = now(), prompt = null, context = null, material = null,
      approvals = '[]', uploads = null, slack_file_ids = '[]', secret_names = '[]', sealed = null, failure = null,
      twin_key = null,
      draft = draft - 'names' ${NO_DRAFT_TEXT}
    where id in (${sql.join(ids)})`.execute(trx);
}
