import { sql, type Kysely } from 'kysely';
import type { Tables } from '../../src/store/store.ts';

export type History = {
  requests: number;
  /** People who asked for them. */
  people?: number;
  /** The newest, which are in progress. */
  active?: number;
  /** Finished jobs of the queue, whose tables exist. */
  jobs?: number;
};

const CHUNK = 10_000;
const DAYS = 365;

/**
 * Fills the tables with a year: the first request is the oldest. Ids are `r1` and `s1`, people `U1`, channels `C1`, all in
 * the workspace T1. Each request has its session, two messages, two milestones and a reply.
 */
export async function fillHistory(db: Kysely<Tables>, history: History): Promise<void> {
  const { requests, people = 500, active = 60, jobs = 0 } = history;
  for (let from = 1; from <= requests; from += CHUNK) {
    const to = Math.min(requests, from + CHUNK - 1);
    await fillRequests({ db, from, to, requests, people, active });
    await fillSessions({ db, from, to, requests, people, active });
    await fillTalk(db, from, to);
    await fillShown(db, from, to);
  }
  await fillLedger(db);
  for (let from = 1; from <= jobs; from += CHUNK) await fillJobs(db, from, Math.min(jobs, from + CHUNK - 1));
}

type Part = Required<Pick<History, 'requests' | 'people' | 'active'>> & {
  db: Kysely<Tables>;
  from: number;
  to: number;
};

/** When the request of this number was made. */
const askedAt = (requests: number) =>
  sql`now() - (${requests}::int - n) * interval '1 second' * ${Math.round((DAYS * 86_400) / requests)}::int`;

const TASK = 'The login test fails every second night: find out why, fix it and open a pull request. '.repeat(
  3,
);

/** Cards, which stay, and messages that are swept after a day. */
async function fillShown(db: Kysely<Tables>, from: number, to: number): Promise<void> {
  await sql`
    insert into shown (key, channel_id, ts, at)
    select kind || ':r' || n, 'C' || (n % 50), n || '.1', now() - interval '1 second' * n
    from generate_series(${from}::int, ${to}::int) n, unnest(array['card', 'message']) kind`.execute(db);
}

async function fillRequests({ db, from, to, requests, people, active }: Part): Promise<void> {
  const draft = JSON.stringify({ values: { prompt: TASK, repos: ['acme/web'] }, sources: {} });
  const identity = { kind: 'matched', devinUserId: 'user-1', name: 'Ana', how: 'email', checkedAtMs: 0 };
  await sql`
    insert into session_requests (id, dedupe_key, state, source, team_id, user_id, channel_id, draft, slack_file_ids,
      identity, card_channel_id, card_ts, prompt, session_id, created_at, updated_at)
    select 'r' || n, 'd' || n,
      case when n > ${requests}::int - ${active}::int or n % 50 > 1 then 'created' when n % 50 = 1 then 'refused' else 'failed' end,
      'command', 'T1', 'U' || (n % ${people}::int), 'C' || (n % 50), ${draft}::jsonb, '[]',
      ${JSON.stringify(identity)}::jsonb, 'C' || (n % 50), n || '.1', ${TASK},
      case when n > ${requests}::int - ${active}::int or n % 50 > 1 then 's' || n end,
      ${askedAt(requests)}, ${askedAt(requests)}
    from generate_series(${from}::int, ${to}::int) n`.execute(db);
}

async function fillSessions({ db, from, to, requests, active }: Part): Promise<void> {
  const response = {
    status: 'suspended',
    status_detail: 'inactivity',
    title: 'Fix the flaky login test',
    tags: ['slack', 'web'],
    org_id: 'org-1',
    created_at: 1_760_000_000,
    updated_at: 1_760_000_000,
    acus_consumed: 1.9,
    pull_requests: [{ pr_url: 'https://github.com/acme/web/pull/1', pr_state: 'open' }],
    user_id: 'user-1',
    structured_output: { summary: TASK },
  };
  const isActive = sql`n > ${requests}::int - ${active}::int`;
  await sql`
    insert into sessions (session_id, request_id, response, team_id, channel_id, thread_ts, phase, was_finished,
      last_words, changed_at, phase_at, next_look_at, watch_first, told, created_at)
    select 's' || n, 'r' || n,
      (${JSON.stringify(response)}::jsonb || jsonb_build_object('session_id', 's' || n, 'url', 'https://app.devin.ai/sessions/s' || n)
        || case when ${isActive} then '{"status":"running","status_detail":"working"}'::jsonb
           when n % 10 < 3 then '{"status":"exit"}'::jsonb else '{}'::jsonb end)::json,
      'T1', 'C' || (n % 50), n || '.1',
      case when ${isActive} then 'working' when n % 10 < 3 then 'ended' when n % 10 < 7 then 'finished' else 'asleep' end,
      n % 10 < 7, 'Done: the session cookie expired.', ${askedAt(requests)}, ${askedAt(requests)},
      case when ${isActive} then now() when n % 10 < 3 then null else now() + interval '1 minute' * (n % 1440) end,
      ${isActive},
      '["finished"]', ${askedAt(requests)}
    from generate_series(${from}::int, ${to}::int) n
    where n > ${requests}::int - ${active}::int or n % 50 > 1`.execute(db);
}

async function fillLedger(db: Kysely<Tables>): Promise<void> {
  await sql`
    insert into ledger (request_id, session_id, team_id, user_id, channel_id, at, cap, consumed, is_open)
    select r.id, s.session_id, r.team_id, r.user_id, r.channel_id, s.created_at, 10, 1.9, s.phase = 'working'
    from sessions s join session_requests r on r.id = s.request_id`.execute(db);
}

async function fillTalk(db: Kysely<Tables>, from: number, to: number): Promise<void> {
  const numbers = sql`generate_series(${from}::int, ${to}::int) n`;
  await sql`
    insert into thread_messages (session_id, key, source, text, state, said_at)
    select 's' || n, 'e' || n || '-' || m, 'devin', ${TASK}, 'posted', now() - interval '1 day'
    from ${numbers}, generate_series(1, 2) m`.execute(db);
  await sql`
    insert into thread_messages (session_id, key, source, state)
    select 's' || n, key, 'milestone', 'posted' from ${numbers}, unnest(array['needs-you:1', 'finished:1']) key`.execute(
    db,
  );
  await sql`
    insert into replies (id, dedupe_key, session_id, team_id, user_id, channel_id, message_ts, kind, text, files, state, sent_at)
    select 'y' || n, 'y' || n, 's' || n, 'T1', 'U1', 'C' || (n % 50), n || '.2', 'reply', ${TASK}, '[]', 'delivered', now()
    from ${numbers}`.execute(db);
}

async function fillJobs(db: Kysely<Tables>, from: number, to: number): Promise<void> {
  await sql`
    insert into pgboss.job (name, data, state, singleton_key, created_on, started_on, completed_on, policy)
    select name, jsonb_build_object('requestId', 'r' || n), 'completed', 'r' || n, now(), now(), now(), 'short'
    from generate_series(${from}::int, ${to}::int) n
    join (select unnest(array['create-session', 'show', 'relay-from-devin']) as name,
      generate_series(0, 2) as part) names on part = n % 3`.execute(db);
}
