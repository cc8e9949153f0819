import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { beginCommit, commitInTime, withDeadline, TooLateError } from '../../src/store/commit.ts';
import { useEmbedded, usePostgres } from '../support/databases.ts';

const never = async (): Promise<never> => new Promise(() => undefined);

describe('a deadline', () => {
  const SLACK_WAITS_MS = 3000;

  // The time that these tests take doesn't count.
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
  afterEach(() => void vi.useRealTimers());

  test('fails what is too late before Slack gives up, and says that nothing will be written', async () => {
    const refused = withDeadline(never);
    const passing = vi.advanceTimersByTimeAsync(SLACK_WAITS_MS - 1);
    await expect(refused).rejects.toMatchObject({ code: 'too-late', mayBeWritten: false });
    await passing;
  });

  test('says that data may be written if the commit is on its way', async () => {
    const refused = withDeadline(async (deadline) => {
      beginCommit([deadline]);
      return never();
    });
    const passing = vi.advanceTimersByTimeAsync(SLACK_WAITS_MS - 1);
    await expect(refused).rejects.toMatchObject({ code: 'too-late', mayBeWritten: true });
    await passing;
  });

  test('lets no commit begin in its last part, when an answer could be too late', async () => {
    const refused = withDeadline(
      async (deadline) => {
        await vi.advanceTimersByTimeAsync(1000);
        beginCommit([deadline]);
      },
      { writeMs: 1400 },
    );
    await expect(refused).rejects.toThrow(TooLateError);
  });

  test('of one in a batch prevents the commit of all if it is missed', async () => {
    await withDeadline(async (inGoodTime) => {
      const late = withDeadline(async (missed) => Promise.resolve(beginCommit([inGoodTime, missed])), {
        writeMs: 1,
      });
      await expect(late).rejects.toMatchObject({ mayBeWritten: false });
    });
  });
});

describe('a transaction with a deadline', () => {
  const embedded = useEmbedded();
  const postgres = usePostgres();

  test("isn't committed if its turn comes too late", async () => {
    const { interactive: db } = await embedded();
    await sql`create table notes (text text)`.execute(db);
    let release = (): void => undefined;
    const held = db.transaction().execute(async () => new Promise<void>((resolve) => (release = resolve)));
    const refused = commitInTime({ store: { db } }, async (trx) =>
      sql`insert into notes values ('late')`.execute(trx),
    );
    await expect(refused).rejects.toMatchObject({ mayBeWritten: false });
    release();
    await held;
    expect((await sql`select text from notes`.execute(db)).rows).toEqual([]);
  });

  test('is dropped by a server that stalled while the commit was on its way', async () => {
    const { interactive: db, db: other } = await postgres.open();
    await sql`create table notes (text text)`.execute(other);
    let pid = 0;
    const committing = commitInTime({ store: { db } }, async (trx) => {
      await sql`insert into notes values ('late')`.execute(trx);
      const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(trx);
      pid = rows[0]?.pid ?? 0;
      process.kill(pid, 'SIGSTOP');
    });
    await expect(committing).rejects.toMatchObject({ code: 'too-late', mayBeWritten: true });
    process.kill(pid, 'SIGCONT');
    const isGone = async () =>
      (await sql`select 1 from pg_stat_activity where pid = ${pid}`.execute(other)).rows.length === 0;
    await expect.poll(isGone).toBe(true);
    expect((await sql`select text from notes`.execute(other)).rows).toEqual([]);
  });
});
