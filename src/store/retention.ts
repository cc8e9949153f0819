import { setTimeout as delay } from 'node:timers/promises';
import { sql, type Kysely, type RawBuilder, type Transaction } from 'kysely';
import { batchesOf } from '../bounds.ts';
import type { Log } from '../log.ts';
import { fields } from '../session/fields.ts';
import { phasesOf } from '../session/lifecycle.ts';
import { PENDING_STATES } from '../session/request.ts';
import { repeat, type Interval } from '../time.ts';
import { appendAudit } from './audit.ts';
import type { Leases } from './leases.ts';
import { KEPT_KINDS, MESSAGE_KINDS } from './shown.ts';
import { literals } from './sql.ts';
import type { Tables } from './store.ts';

/** Rows of a batch. Other work waits no longer than one batch takes. */
const BATCH = 100;
/** Longer than a month: owners are told once a month. */
const SHOWN_DAYS = 40;

const EVERY_MS = 60 * 60_000;
/** Never released: one process an hour does it, however many there are. */
const LEASE_MS = EVERY_MS / 2;
/** Between two batches, so that others come first. */
const PAUSE_MS = 100;

const ago = (days: number): RawBuilder<Date> => sql<Date>`now() - ${days} * interval '1 day'`;

/** Removes old text and rows, by the database's clock. Does nothing if a process did it a moment ago. */
export async function removeExpired(
  { db, leases }: { db: Kysely<Tables>; leases: Pick<Leases, 'take'> },
  days: number,
  signal: AbortSignal,
): Promise<void> {
  if ((await leases.take('tidy', LEASE_MS)) === null) return;
  await sweep(db);
  for (const expired of expiredBefore(ago(days))) {
    while (!signal.aborted && (await clearSome(db, expired)) > 0) {
      await delay(PAUSE_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}

/** Requests, each with its session: those at rest for this long, and those that ended without one. */
const expiredBefore = (moment: RawBuilder<Date>): RawBuilder<{ id: string }>[] => [
  sql`select request_id as id from sessions
    where text_removed_at is null and phase in ${AT_REST}
      and changed_at < ${moment} and coalesce(touched_at < ${moment}, true)
    order by changed_at`,
  sql`select id from session_requests
    where text_removed_at is null and session_id is null and state in ('refused', 'failed', 'unknown')
      and updated_at < ${moment}
    order by updated_at`,
];

/** Clears a batch of them, and returns how many. */
async function clearSome(db: Kysely<Tables>, expired: RawBuilder<{ id: string }>): Promise<number> {
  return db.transaction().execute(async (trx) => {
    const { rows } = await sql<{ id: string }>`${expired} limit ${BATCH} for update skip locked`.execute(trx);
    const ids = rows.map(({ id }) => id);
    await clearText(trx, ids);
    return ids.length;
  });
}

const IDENTIFIED_AT = sql`to_timestamp((identity ->> 'checkedAtMs')::float8 / 1000)`;

/**
 * Deletes forms that nobody sent, messages that are never edited (their places are in other tables), leases of dead processes, Homes
 * that nobody looks at, and old identities.
 */
async function sweep(db: Kysely<Tables>): Promise<void> {
  await db.deleteFrom('forms').where('createdAt', '<', ago(1)).execute();
  const kind = sql`split_part(key, ':', 1)`;
  await db
    .deleteFrom('shown')
    // Word for word as in the index, or that isn't used.
    .where(sql<boolean>`${kind} not in ${literals(KEPT_KINDS)}`)
    .where('at', '<', ago(1))
    .where(
      sql<boolean>`(at < ${ago(SHOWN_DAYS)} or (${kind} not in ${literals(MESSAGE_KINDS)} and stage is null))`,
    )
    .execute();
  await db.deleteFrom('leases').where('until', '<', ago(1)).execute();
  const isOld = sql`linked_to is null and greatest(asked_at, ${IDENTIFIED_AT}) < ${ago(1)}`;
  await sql`delete from people where ran_as is null and ${isOld}`.execute(db);
  // As which member they run stays, so that they are told when that changes.
  await sql`update people set slack = null, asked_at = null, address = null, identity = null
    where ${isOld}`.execute(db);
}

/** `tidy` removes what expired, at once and every hour. */
export function startTidying(tidy: (signal: AbortSignal) => Promise<void>, log: Log): Interval {
  const once = async (signal: AbortSignal): Promise<void> =>
    tidy(signal).catch((error: unknown) => {
      log.warn({ err: error }, 'removing old text failed; it will be retried in an hour');
    });
  return repeat(once, EVERY_MS, { atOnce: true });
}

type ForgottenCounts = {
  requests: number;
  sessions: number;
  replies: number;
  /** Still needed for work in progress: kept until that ends. */
  inProgress: number;
};

/**
 * Removes what a person wrote, what Devin wrote to them, and what is known about them besides their ids. Run it again to
 * remove what has ended since. `by`: who runs it.
 */
export async function forgetPerson(db: Kysely<Tables>, userId: string, by: string): Promise<ForgottenCounts> {
  const theirs = await findTheirs(db, userId);
  const ended = theirs.filter(({ isPending }) => !isPending);
  for (const batch of batchesOf(ended, BATCH)) {
    const ids = batch.map(({ id }) => id);
    await db.transaction().execute(async (trx) => clearText(trx, ids));
  }
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

/** Other people's requests about a message that the person wrote: its words may be their task. */
async function clearQuotes(trx: Transaction<Tables>, userId: string): Promise<void> {
  const quoting = sql`context -> 'picked' ->> 'userId' = ${userId} and state not in ${literals(PENDING_STATES)}`;
  await sql`
    update session_requests set prompt = null, context = null, material = null, draft = draft #- '{values,prompt}'
    where ${quoting}`.execute(trx);
}

/** What they said in other people's sessions, and how those threads show it. */
async function clearReplies(trx: Transaction<Tables>, userId: string) {
  const theirs = sql`user_id = ${userId} and text <> ''`;
  const onTheirWay = literals(['accepted', 'sending']);
  const { rows } = await sql<{ replies: number; waiting: number }>`
    with ended as (
      update replies set ${NO_REPLY_TEXT} where ${theirs} and state not in ${onTheirWay}
      returning session_id, event_id
    ), shown as (
      update thread_messages as message set text = '' from ended
      where message.session_id = ended.session_id and message.key = event_id
        and message.state <> 'pending'
    )
    select (select count(*)::integer from ended) as replies,
      (select count(*)::integer from replies where ${theirs} and state in ${onTheirWay}) as waiting`.execute(
    trx,
  );
  return rows[0] ?? { replies: 0, waiting: 0 };
}

/** The ids stay: they say who a session belongs to. */
async function clearNames(trx: Transaction<Tables>, userId: string): Promise<void> {
  const nameless = sql`identity - 'slackName'
    || case when identity ? 'name' then jsonb_build_object('name', identity -> 'devinUserId') else '{}' end
    || case when identity ? 'maskedEmail' then '{"maskedEmail": null}' else '{}'::jsonb end`;
  await sql`update session_requests set identity = ${nameless} where user_id = ${userId}`.execute(trx);
  await sql`update ledger set identity = ${nameless} where user_id = ${userId} and identity is not null`.execute(
    trx,
  );
}

/** Their decisions about other people's requests: their ids stay, their names and reasons don't. */
async function clearDecisions(trx: Transaction<Tables>, userId: string): Promise<void> {
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

async function deleteRows(trx: Transaction<Tables>, userId: string): Promise<void> {
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
  const unknown = { slack: null, address: null, identity: null, ranAs: null };
  await trx.updateTable('people').set(unknown).where('userId', '=', userId).execute();
}

/** Phases in which Devin says nothing new; as in the index `sessions_with_text`. */
const AT_REST = literals(phasesOf('earlier'));

const NO_REPLY_TEXT = sql`text = '', sent_text = null, files = '[]', failure = null`;

const NO_DRAFT_TEXT = sql.join(
  fields.filter(({ isText }) => isText === true).map(({ key }) => sql`#- ${sql.lit(`{values,${key}}`)}`),
  sql` `,
);

/** What people and Devin wrote. Options stay if they hold no words: repositories, mode, caps. */
async function clearText(trx: Transaction<Tables>, ids: readonly string[]): Promise<void> {
  const cleared = await sql<{ sessionId: string }>`
    update sessions set text_removed_at = now(), last_words = null,
      response = ((response::jsonb - 'title') || '{"structured_output": null}'::jsonb)::json
    where request_id = any(${ids}::text[]) returning session_id`.execute(trx);
  const sessionIds = cleared.rows.map(({ sessionId }) => sessionId);
  await sql`update thread_messages set text = ''
    where session_id = any(${sessionIds}::text[]) and text <> ''`.execute(trx);
  // Until there is a session, a reply has its request's id instead.
  await sql`update replies set ${NO_REPLY_TEXT}
    where session_id = any(${[...sessionIds, ...ids]}::text[])`.execute(trx);
  await sql`
    update session_requests set text_removed_at = now(), prompt = null, context = null, material = null,
      approvals = '[]', uploads = null, slack_file_ids = '[]', secret_names = '[]', sealed = null, failure = null,
      twin_key = null,
      draft = draft - 'names' ${NO_DRAFT_TEXT}
    where id = any(${ids}::text[])`.execute(trx);
}
