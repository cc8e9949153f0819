import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { createLeases } from '../../src/store/leases.ts';
import { removeExpired } from '../../src/store/retention.ts';
import { createPolls, createSessions } from '../../src/store/sessions.ts';
import { countSetAside, createSetAside, MOST_FAILURES } from '../../src/store/set-aside.ts';
import { usePostgres } from '../support/databases.ts';
import { sessionSnapshot } from '../support/session-snapshot.ts';

describe('work that keeps failing', () => {
  const { open } = usePostgres();
  const opened = async () => {
    const { db } = await open();
    return { db, sessions: createSessions(db), setAside: createSetAside(db) };
  };

  test('is counted once it is set aside', async () => {
    const { db, setAside } = await opened();
    const note = async () => setAside.note('message', 's1:e1', { error: new Error('a\u0000b') });
    for (let count = 1; count < MOST_FAILURES; count += 1) expect(await note()).toBe(count);
    expect(await countSetAside(db)).toEqual({});
    await note();
    expect(await countSetAside(db)).toEqual({ message: 1 });
  });

  test('is forgotten a day after its last failure, or a month after it was set aside', async () => {
    const { db, setAside } = await opened();
    const error = new Error('no');
    await setAside.note('message', 'tried', { error });
    await setAside.note('message', 'set aside', { error, by: MOST_FAILURES });
    await setAside.note('session', 'works again', { error, by: MOST_FAILURES });
    const leftAfter = async (days: number): Promise<string[]> => {
      await sql`update set_aside set failed_at = now() - ${days} * interval '1 day'`.execute(db);
      await db.deleteFrom('leases').execute();
      await removeExpired({ db, leases: createLeases(db) }, 90, new AbortController().signal);
      const rows = await db.selectFrom('setAside').select('id').orderBy('id').execute();
      return rows.map(({ id }) => id);
    };
    expect(await leftAfter(0)).toEqual(['set aside', 'tried', 'works again']);
    expect(await leftAfter(2)).toEqual(['set aside']);
    expect(await leftAfter(31)).toEqual([]);
  });

  test("a session whose row can't be read affects only itself", async () => {
    const { db, sessions } = await opened();
    for (const id of ['bad', 'good'])
      await sessions.bind(
        {
          sessionId: id,
          requestId: `r-${id}`,
          url: `https://app.devin.ai/sessions/${id}`,
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
    expect(await createPolls(db).dueCount(new Date(), 10)).toBe(1);
    expect(await countSetAside(db)).toEqual({ session: 1 });
  });
});
