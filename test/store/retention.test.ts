import { isDeepStrictEqual } from 'node:util';
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { createLeases } from '../../src/store/leases.ts';
import { createRequests } from '../../src/store/requests.ts';
import { removeExpired } from '../../src/store/retention.ts';
import { createSessions } from '../../src/store/sessions.ts';
import { ASKED } from '../../src/store/shown.ts';
import { usePostgres } from '../support/databases.ts';
import { fillHistory } from '../support/history.ts';

const NEVER = new AbortController().signal;
const DAYS = 90;
/** Each task, message and reply of the history contains it. */
const WORDS = '%login test%';
/** Words, and values that say what was asked for without them. */
const DRAFT = {
  prompt: 'words',
  title: 'words',
  attachment_urls: ['https://a.example/words'],
  structured_output_schema: { words: 1 },
  repos: ['acme/web'],
  devin_mode: 'fast',
  tags: ['a'],
  secret_ids: ['s-1'],
};

describe('data past its retention time', () => {
  const { open } = usePostgres();
  /** A year of 200 requests; the newest 10 are in progress. */
  const setUp = async () => {
    const { db } = await open();
    await fillHistory(db, { requests: 200, active: 10 });
    const remove = async (): Promise<void> => removeExpired({ db, leases: createLeases(db) }, DAYS, NEVER);
    const count = async (table: string, where: string): Promise<number> => {
      const { rows } = await sql<{ count: number }>`
        select count(*)::int as count from ${sql.table(table)} as one where ${sql.raw(where)}`.execute(db);
      return rows[0]?.count ?? 0;
    };
    return { db, remove, count };
  };
  const OLD = `now() - interval '${DAYS} days'`;

  test('loses its text, and keeps ids, links, times, people and costs', async () => {
    const { db, remove, count } = await setUp();
    await remove();
    expect(await count('sessions', `changed_at < ${OLD} and one::text like '${WORDS}'`)).toBe(0);
    expect(await count('session_requests', `created_at < ${OLD} and one::text like '${WORDS}'`)).toBe(0);
    expect(await count('session_requests', `created_at > ${OLD} and one::text not like '${WORDS}'`)).toBe(0);
    const removed = `session_id in (select session_id from sessions where text_removed_at is not null)`;
    expect(await count('thread_messages', `${removed} and text <> ''`)).toBe(0);
    expect(await count('replies', `${removed} and one::text like '${WORDS}'`)).toBe(0);
    const session = await createSessions(db).find('s5');
    const snapshot = { url: 'https://app.devin.ai/sessions/s5', title: null, structuredOutput: null };
    expect(session).toMatchObject({ lastWords: null, snapshot: { acusConsumed: 1.9, ...snapshot } });
    const request = await createRequests(db).find('r5');
    expect(request).toMatchObject({ userId: 'U5', sessionId: 's5', prompt: null, context: null });
    expect(request?.draft.values).toEqual({ repos: ['acme/web'] });
    expect(request?.identity).toMatchObject({ devinUserId: 'user-1' });
  });

  test('is cleared column by column: these, and no others', async () => {
    const { db, remove } = await setUp();
    const words = JSON.stringify({ values: DRAFT, sources: {}, names: { n1: 'a name' } });
    await sql`update session_requests set draft = ${words}::jsonb, context = '{"words": 1}', material = '{"words": 1}',
      approvals = '[1]', uploads = '{"words": 1}', slack_file_ids = '["F1"]', secret_names = '["KEY"]', sealed = 'v1.x',
      failure = '{"kind": "slack", "code": "words"}', twin_key = 'words' where id = 'r5'`.execute(db);
    await sql`update replies set sent_text = 'words', files = '[{"id": "F1"}]', failure = '{"words": 1}'
      where session_id = 's5'`.execute(db);
    const rows = async () => {
      const of = async (table: string, where: string) => {
        const found = await sql<Record<string, unknown>>`
          select * from ${sql.table(table)} where ${sql.raw(where)} order by 1, 2`.execute(db);
        return found.rows[0] ?? {};
      };
      return {
        request: await of('session_requests', `id = 'r5'`),
        session: await of('sessions', `session_id = 's5'`),
        message: await of('thread_messages', `session_id = 's5'`),
        reply: await of('replies', `session_id = 's5'`),
      };
    };
    const before = await rows();
    await remove();
    const after = await rows();
    const cleared = (which: keyof typeof before) =>
      Object.keys(before[which])
        .filter((column) => !isDeepStrictEqual(before[which][column], after[which][column]))
        .toSorted();
    const columns =
      'approvals context draft failure material prompt sealed secretNames slackFileIds textRemovedAt twinKey uploads';
    expect(cleared('request')).toEqual(columns.split(' '));
    expect(after.request['draft']).toEqual({
      values: { repos: ['acme/web'], devin_mode: 'fast', tags: ['a'], secret_ids: ['s-1'] },
      sources: {},
    });
    expect(cleared('session')).toEqual(['lastWords', 'response', 'textRemovedAt']);
    expect(cleared('message')).toEqual(['text']);
    expect(cleared('reply')).toEqual(['failure', 'files', 'sentText', 'text']);
  });

  test.each(['refused', 'failed', 'unknown'] as const)(
    'loses its text if its request ended without a session: %s',
    async (state) => {
      const { db, remove } = await setUp();
      const requests = createRequests(db);
      const place = { teamId: 'T1', userId: 'U1', channelId: 'C1', threadTs: null };
      const draft = { values: { prompt: 'Fix the login test', repos: ['acme/web'] }, sources: {} };
      const asked = { ...place, draft, context: null, slackFileIds: [], sealed: null };
      await requests.insert(
        ['old', 'new', 'open'].map((id) => ({ ...asked, source: 'command' as const, id, dedupeKey: id })),
      );
      // What was written while it was starting.
      await sql`insert into replies (id, dedupe_key, session_id, team_id, user_id, channel_id, message_ts, kind, text, files, state)
        select id, id, id, 'T1', 'U1', 'C1', '1.2', 'reply', 'words', '[]', 'refused' from session_requests where id in ('old', 'new')`.execute(
        db,
      );
      const old = new Date(Date.now() - (DAYS + 1) * 86_400_000);
      await db.updateTable('sessionRequests').set({ state }).where('id', 'in', ['old', 'new']).execute();
      await db
        .updateTable('sessionRequests')
        .set({ updatedAt: old })
        .where('id', 'in', ['old', 'open'])
        .execute();
      await remove();
      const values = async (id: string) => (await requests.find(id))?.draft.values;
      expect(await values('old')).toEqual({ repos: ['acme/web'] });
      expect(await values('new')).toEqual(draft.values);
      expect(await values('open')).toEqual(draft.values);
      const replies = db.selectFrom('replies').select('text').where('id', 'in', ['old', 'new']).orderBy('id');
      expect(await replies.execute()).toEqual([{ text: 'words' }, { text: '' }]);
    },
  );

  test('stays if its session is active or was used lately', async () => {
    const { db, remove } = await setUp();
    await db.updateTable('sessions').set({ phase: 'working' }).where('sessionId', '=', 's5').execute();
    await createSessions(db).touch('r6');
    await remove();
    expect((await createRequests(db).find('r5'))?.prompt).not.toBeNull();
    expect((await createRequests(db).find('r6'))?.prompt).not.toBeNull();
  });

  test('is removed again from a session with new messages, but not twice in half an hour', async () => {
    const { db, remove } = await setUp();
    await remove();
    const sessions = createSessions(db);
    const session = await sessions.find('s5');
    if (session === null) throw new Error('the session is not there');
    await sessions.change('s5', { snapshot: { ...session.snapshot, title: 'A new title' } });
    await remove();
    expect((await sessions.find('s5'))?.snapshot.title).toBe('A new title');
    await db.deleteFrom('leases').execute();
    await remove();
    expect((await sessions.find('s5'))?.snapshot.title).toBeNull();
  });

  test('is removed with useless rows: leases of dead processes, old identities', async () => {
    const { db, remove, count } = await setUp();
    await sql`insert into forms (id, team_id, user_id, channel_id, draft, created_at)
      values ('old', 'T1', 'U1', 'C1', '{}', now() - interval '25 hours'), ('new', 'T1', 'U1', 'C1', '{}', now())`.execute(
      db,
    );
    await sql`insert into shown (key, channel_id, at)
      values ('old', 'C1', now() - interval '25 hours'), ('new', 'C1', now()),
        ('card:old', 'C1', now() - interval '25 hours')`.execute(db);
    await sql`insert into people (team_id, user_id, asked_at, identity, linked_to)
      values ('T1', 'old', now() - interval '2 days', '{"checkedAtMs": 0}', null), ('T1', 'new', now(), null, null),
        ('T1', 'identified', now() - interval '2 days', json_build_object('checkedAtMs', ${Date.now()}::float8), null),
        ('T1', 'linked', now() - interval '2 days', null, 'user-1')`.execute(db);
    await sql`insert into people (team_id, user_id, asked_at, slack, ran_as)
      values ('T1', 'ran', now() - interval '2 days', '{"name": "Ran"}', 'user-2')`.execute(db);
    await createLeases(db).take('of a dead one', -2 * 86_400_000);
    // Still of use.
    await createLeases(db).take('of a living one', 60_000);
    // Owners are told once a month.
    const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000);
    await db
      .insertInto('shown')
      .values([
        { key: 'alerts:of last month', at: daysAgo(32) },
        { key: 'alerts:of the month before', at: daysAgo(41) },
        ...['outcome', 'approval', 'linked'].flatMap((kind) => [
          { key: `${kind}:kept`, at: daysAgo(32) },
          { key: `${kind}:gone`, at: daysAgo(41) },
        ]),
        { key: 'message:s1:words:0', at: daysAgo(2) },
        // It is edited once somebody answers it.
        { key: 'message:s1:question:0', stage: ASKED, at: daysAgo(32) },
        { key: 'milestone:s1:needs-you:1', stage: ASKED, at: daysAgo(41) },
      ])
      .execute();
    await remove();
    expect(await count('forms', `id in ('old', 'new')`)).toBe(1);
    expect(await count('shown', `key in ('old', 'new')`)).toBe(1);
    // Kept up to date for as long as its session can change.
    expect(await count('shown', `key = 'card:old'`)).toBe(1);
    expect(await count('people', `user_id = 'old'`)).toBe(0);
    expect(await count('people', `user_id in ('new', 'identified', 'linked')`)).toBe(3);
    expect(await count('people', `ran_as = 'user-2' and slack is null and asked_at is null`)).toBe(1);
    expect(await count('leases', `name = 'of a living one'`)).toBe(1);
    expect(await count('leases', `name = 'of a dead one'`)).toBe(0);
    expect(await count('shown', `key like 'alerts:%'`)).toBe(1);
    expect(await count('shown', `key = 'alerts:of last month'`)).toBe(1);
    expect(await count('shown', `key like '%:kept'`)).toBe(3);
    expect(await count('shown', `key like '%:gone'`)).toBe(0);
    expect(await count('shown', `key = 'message:s1:question:0'`)).toBe(1);
    expect(await count('shown', `key in ('message:s1:words:0', 'milestone:s1:needs-you:1')`)).toBe(0);
  });
});
