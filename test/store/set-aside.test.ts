import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { createPolls, createSessions } from '../../src/store/sessions.ts';
import { countSetAside, createThreadMessages } from '../../src/store/thread-messages.ts';
import { usePostgres } from '../support/databases.ts';
import { sessionSnapshot } from '../support/session-snapshot.ts';

describe('work that keeps failing', () => {
  const { open } = usePostgres();
  const opened = async () => {
    const { db } = await open();
    return { db, sessions: createSessions(db), messages: createThreadMessages(db) };
  };

  const message = { sessionId: 's1', key: 'e1' };

  test('is counted, and nothing waits for it, once it is set aside', async () => {
    const { db, messages } = await opened();
    await messages.add('s1', [{ key: 'e1', source: 'devin' }]);
    for (let count = 1; count < 5; count += 1)
      expect(await messages.failed(message, { isRefused: false })).toBe(false);
    expect(await countSetAside(db)).toEqual({});
    expect(await messages.pending('s1', 'words')).toMatchObject([message]);
    expect(await messages.failed(message, { isRefused: false })).toBe(true);
    expect(await countSetAside(db)).toEqual({ message: 1 });
    expect(await messages.pending('s1', 'words')).toEqual([]);
  });

  test('is set aside at once if it is refused, and counted for a month', async () => {
    const { db, messages } = await opened();
    await messages.add('s1', [{ key: 'e1', source: 'devin' }]);
    expect(await messages.failed(message, { isRefused: true })).toBe(true);
    expect(await countSetAside(db)).toEqual({ message: 1 });
    await sql`update thread_messages set created_at = now() - interval '31 days'`.execute(db);
    expect(await countSetAside(db)).toEqual({});
  });

  test("a session whose row can't be read affects only itself", async () => {
    const { db, sessions } = await opened();
    for (const id of ['bad', 'good'])
      await sessions.bind(
        {
          sessionId: id,
          requestId: `r-${id}`,
          snapshot: sessionSnapshot(id),
          teamId: 'T1',
          channelId: 'C1',
          threadTs: '1.1',
        },
        db,
      );
    await sql`update sessions set next_look_at = now() - interval '1 minute'`.execute(db);
    await sql`update sessions set told = '"no list"' where session_id = 'bad'`.execute(db);
    const due = await createPolls(db).due({ until: new Date(), hotSince: new Date(0), limit: 10 });
    expect(due.map(({ sessionId: id }) => id)).toEqual(['good']);
    expect(await createPolls(db).isAnyDue(new Date())).toBe(true);
    expect(await countSetAside(db)).toEqual({ session: 1 });
    await sql`update sessions set unreadable_at = now() - interval '2 days'`.execute(db);
    expect(await countSetAside(db)).toEqual({});
  });
});
