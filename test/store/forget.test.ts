import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { createAudit } from '../../src/store/audit.ts';
import { createIdentities } from '../../src/store/identities.ts';
import { createRequests } from '../../src/store/requests.ts';
import { forgetPerson } from '../../src/store/retention.ts';
import { createSettings } from '../../src/store/settings.ts';
import type { Tables } from '../../src/store/store.ts';
import { verifyChain } from '../../src/trust/index.ts';
import { usePostgres } from '../support/databases.ts';
import { fillHistory } from '../support/history.ts';

/** Each is in the rows of U5, and in no other's. */
const SECRETS = [
  ...'PROMPT-5 REASON-5 REPLY-5 WORDS-5 DRAFT-5 NAME-5 QUOTE-5 TASK-5 SEALED-5 SECRET-5'.split(' '),
  ...'UPLOAD-5 FILE-5 FAILURE-5'.split(' '),
];
/** Whether a table has text of people or Devin, or people's names. The others have ids, times and fixed words. */
const HOLDS_WORDS: Record<keyof Tables, boolean> = {
  audit: false,
  auditEnd: false,

  forms: true,
  leases: false,
  ledger: true,
  paces: false,
  people: true,
  replies: true,
  sessionRequests: true,
  sessions: true,
  settings: true,
  shown: false,
  threadMessages: true,
  turns: false,
};
const TABLES = Object.keys(HOLDS_WORDS).map(snakeCase);

function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

describe('a person who is forgotten', () => {
  const { open } = usePostgres();
  const setUp = async () => {
    const { db } = await open();
    await fillHistory(db, { requests: 20, people: 10, active: 2 });
    const run = async (statement: string): Promise<void> => void (await sql.raw(statement).execute(db));
    const found = async (word: string): Promise<string[]> => {
      const tables: string[] = [];
      for (const table of TABLES) {
        const { rows } = await sql`select 1 from ${sql.table(table)} as one
          where one::text like ${`%${word}%`}`.execute(db);
        if (rows.length > 0) tables.push(table);
      }
      return tables;
    };
    await run(`update session_requests set prompt = 'PROMPT-5', sealed = 'SEALED-5',
      draft = '{"values": {"prompt": "PROMPT-5", "title": "DRAFT-5", "repos": ["acme/web"]}, "sources": {}}',
      identity = identity || '{"name": "NAME-5", "slackName": "NAME-5"}', secret_names = '["SECRET-5"]',
      slack_file_ids = '["FILE-5"]', uploads = '{"urls": ["https://a.example/UPLOAD-5"], "leftOut": []}',
      failure = '{"kind": "slack", "code": "FAILURE-5"}' where user_id = 'U5'`);
    await run(`update sessions set last_words = 'WORDS-5' where request_id in
      (select id from session_requests where user_id = 'U5')`);
    await run(`update thread_messages set text = 'WORDS-5' where session_id in ('s5', 's15')`);
    // Written in another person's session, whose thread shows it.
    await run(`update replies set user_id = 'U5', text = 'REPLY-5', sent_text = 'REPLY-5', event_id = 'shown',
      state = 'delivered', files = '[{"id": "F1", "name": "FILE-5"}]',
      failure = '{"kind": "slack", "code": "FAILURE-5"}'
      where session_id = 's6'`);
    await run(`insert into thread_messages (session_id, key, source, text, state, said_at)
      values ('s6', 'shown', 'user', 'REPLY-5', 'posted', now())`);
    await run(`update session_requests set prompt = 'QUOTE-5',
      draft = '{"values": {"prompt": "TASK-5", "repos": ["acme/web"]}, "sources": {}}', context = '{"choice": "message", "channelId": "C1",
      "channelName": "c", "picked": {"ts": "1.1", "threadTs": null, "userId": "U5", "appName": null,
      "text": "QUOTE-5", "files": []}}' where id = 'r7'`);
    await run(`update session_requests set approvals = '[{"rule": "a", "say": null, "need": 1, "more": 0,
      "people": [{"userId": "U5", "name": "NAME-5 \\"x\\""}, {"userId": "U6", "name": "Ben"}], "fingerprint": "f", "policy": null,
      "yes": [{"userId": "U5", "name": "NAME-5", "devinUserId": "user-5"}], "end": null}]' where id = 'r8'`);
    // They declined what another person asked for.
    const by = `{"userId": "U5", "name": "NAME-5"}`;
    await run(`update session_requests set state = 'failed', failure = '{"kind": "approval", "end": "declined",
      "rule": "a", "by": ${by}, "reason": "REASON-5"}', approvals = '[{"rule": "a", "say": null, "need": 1, "more": 0,
      "people": [${by}, {"userId": "U6", "name": "Ben"}], "fingerprint": "f", "policy": null, "yes": [{"userId": "U6", "name": "Ben"}],
      "end": {"kind": "declined", "by": ${by}, "reason": "REASON-5", "atMs": 1}}]' where id = 'r9'`);
    await run(`update session_requests set state = 'failed', failure = '{"kind": "approval", "end": "declined",
      "rule": "a", "by": {"userId": "U6", "name": "Ben"}, "reason": "Not now"}' where id = 'r4'`);
    await run(`insert into forms (id, team_id, user_id, channel_id, draft)
      values ('f5', 'T1', 'U5', 'C1', '{"values": {"prompt": "DRAFT-5"}, "sources": {}}')`);
    await run(`insert into ledger (request_id, team_id, user_id, at, identity)
      values ('r5', 'T1', 'U5', now(), '{"slackName": "NAME-5"}')`);
    await run(`insert into people (team_id, user_id, slack, asked_at)
      values ('T1', 'U5', '{"name": "NAME-5"}', now())`);
    const identity = {
      kind: 'matched',
      devinUserId: 'u',
      name: 'NAME-5',
      how: 'email',
      checkedAtMs: 0,
    } as const;
    await createIdentities(db).remember({ teamId: 'T1', userId: 'U5' }, { address: 'NAME-5', identity });
    await createSettings(db).change(
      { teamId: 'T1', scope: 'person', scopeId: 'U5' },
      { column: 'draft', set: { title: 'DRAFT-5' } },
      'U5',
    );
    return { db, run, found };
  };

  test('leaves no text and no name, but ids, costs and a valid audit chain', async () => {
    const { db, found } = await setUp();
    const before = await Promise.all(SECRETS.map(found));
    expect(before.filter((tables) => tables.length === 0)).toEqual([]);
    const withWords = Object.entries(HOLDS_WORDS).flatMap(([name, holds]) => (holds ? snakeCase(name) : []));
    expect([...new Set(before.flat())].toSorted()).toEqual(withWords);
    expect(await forgetPerson(db, 'U5', 'ops')).toEqual({
      requests: 2,
      sessions: 2,
      replies: 1,
      inProgress: 0,
    });
    for (const secret of SECRETS) expect([secret, await found(secret)]).toEqual([secret, []]);
    const requests = createRequests(db);
    expect(await requests.find('r5')).toMatchObject({
      userId: 'U5',
      sessionId: 's5',
      draft: { values: { repos: ['acme/web'] } },
      identity: { devinUserId: 'user-1', name: 'user-1' },
    });
    expect((await requests.find('r8'))?.approvals[0]).toMatchObject({
      people: [
        { userId: 'U5', name: 'U5' },
        { userId: 'U6', name: 'Ben' },
      ],
      yes: [{ userId: 'U5', name: 'U5', devinUserId: 'user-5' }],
    });
    const by = { userId: 'U5', name: 'U5' };
    expect(await requests.find('r9')).toMatchObject({
      failure: { end: 'declined', rule: 'a', by, reason: null },
      approvals: [{ yes: [{ name: 'Ben' }], end: { kind: 'declined', by, reason: null, atMs: 1 } }],
    });
    expect((await requests.find('r4'))?.failure).toMatchObject({ by: { name: 'Ben' }, reason: 'Not now' });
    expect((await requests.find('r6'))?.prompt).toContain('login test');
    const chain = await verifyChain(createAudit(db));
    expect(chain).toMatchObject({ ok: true, last: { kind: 'forget', userId: 'U5' } });
  });

  test('keeps what is in progress until it ends', async () => {
    const { db, run, found } = await setUp();
    await run(`update sessions set phase = 'working' where session_id = 's5'`);
    await run(`update session_requests set state = 'ready', session_id = null where id = 'r15'`);
    await run(`update replies set state = 'accepted' where session_id = 's6'`);
    expect(await forgetPerson(db, 'U5', 'ops')).toMatchObject({ requests: 0, inProgress: 3 });
    expect(await found('PROMPT-5')).toEqual(['session_requests']);
    expect((await createRequests(db).find('r15'))?.prompt).toBe('PROMPT-5');
    await run(`update sessions set phase = 'ended' where session_id = 's5'`);
    await run(`update session_requests set state = 'failed' where id = 'r15'`);
    await run(`update replies set state = 'failed' where session_id = 's6'`);
    expect(await forgetPerson(db, 'U5', 'ops')).toMatchObject({ inProgress: 0 });
    for (const secret of SECRETS) expect([secret, await found(secret)]).toEqual([secret, []]);
  });
});
