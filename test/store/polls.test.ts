import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { createPolls, createSessions } from '../../src/store/sessions.ts';
import { usePostgres } from '../support/databases.ts';
import { sessionSnapshot } from '../support/session-snapshot.ts';

const MINUTE_MS = 60_000;
const ago = (minutes: number): Date => new Date(Date.now() - minutes * MINUTE_MS);

describe('polls of sessions', () => {
  const { open } = usePostgres();
  const setUp = async () => {
    const { db } = await open();
    const [sessions, polls] = [createSessions(db), createPolls(db)];
    const add = async (id: string, columns: object, said: object = {}): Promise<void> => {
      const snapshot = sessionSnapshot(id, said);
      const place = { teamId: 'T1', channelId: 'C1', threadTs: '1.1' };
      await sessions.bind({ sessionId: id, requestId: id, snapshot, ...place }, db);
      await db.updateTable('sessions').set(columns).where('sessionId', '=', id).execute();
    };
    const dueNow = async () => {
      // The database counts microseconds: what it calls now is later than this process's now.
      const until = new Date(Date.now() + 1000);
      const rows = await polls.due({ until, hotSince: ago(10), limit: 10 });
      return rows.map((row) => row.sessionId);
    };
    return { db, sessions, polls, add, dueNow };
  };

  test('start after a downtime with recent changes, then active sessions, then the rest', async () => {
    const { add, dueNow } = await setUp();
    await add('sleeper', { watchFirst: false, nextLookAt: ago(50), changedAt: ago(9000) });
    await add('quiet', { nextLookAt: ago(40), changedAt: ago(70) });
    await add('hot', { nextLookAt: ago(30), changedAt: ago(5) });
    await add('later', { nextLookAt: new Date(Date.now() + MINUTE_MS) });
    await add('never', { nextLookAt: null });
    expect(await dueNow()).toEqual(['hot', 'quiet', 'sleeper']);
  });

  test('resume when someone uses a session that was no longer polled, unless it is over', async () => {
    const { sessions, add, dueNow } = await setUp();
    const forgotten = { watchFirst: false, nextLookAt: null, changedAt: ago(90 * 1440) };
    await add('asleep', forgotten, { status: 'suspended' });
    await add('ended', forgotten, { status: 'exit' });
    await sessions.touch('asleep');
    await sessions.touch('ended');
    expect(await dueNow()).toEqual(['asleep']);
  });

  test("are planned by the database's clock", async () => {
    const { db, sessions, add } = await setUp();
    await add('working', { mutedBy: null });
    await sessions.change('working', { nextPoll: { inMs: 30_000, first: true } });
    const { rows } = await sql<{ seconds: number }>`
        select round(extract(epoch from next_look_at - now()))::int as seconds from sessions`.execute(db);
    expect(rows[0]?.seconds).toBeGreaterThan(20);
    expect(rows[0]?.seconds).toBeLessThanOrEqual(30);
  });
});
