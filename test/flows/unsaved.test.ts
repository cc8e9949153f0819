import { Client } from 'pg';
import { describe, expect, test } from 'vitest';
import { usePostgres } from '../support/databases.ts';
import { sessionOf, settledForm } from '../support/look.ts';
import { addColleague, someoneIn } from '../support/people.ts';
import { useWorld } from '../support/worlds.ts';

describe("a command that can't be saved", () => {
  const { createDatabase, url } = usePostgres();
  const world = useWorld(async () => {
    await createDatabase('unsaved');
    return { environment: { DATABASE_URL: url('unsaved') } };
  });

  const query = async (text: string, values: string[]): Promise<{ rows: unknown[] }> => {
    const database = new Client({ connectionString: url('unsaved') });
    await database.connect();
    try {
      return await database.query(text, values);
    } finally {
      await database.end();
    }
  };

  async function withoutTable<T>(table: string, act: () => Promise<T>): Promise<T> {
    const database = new Client({ connectionString: url('unsaved') });
    await database.connect();
    try {
      await database.query(`alter table ${table} rename to lost`);
      return await act();
    } finally {
      await database.query(`alter table lost rename to ${table}`);
      await database.end();
    }
  }

  /** The answer to this command while the database has lost a table. */
  const typeWithout = async (table: string, typed: string): Promise<string> => {
    const { slack } = world();
    const { ana, channelId } = someoneIn(world(), { person: { isAdmin: true } });
    const { message } = await withoutTable(table, async () => slack.command(ana.userId, channelId, typed));
    return message === null ? '' : slack.renderText(message);
  };

  test('starts nothing, says so, and returns what was typed', async () => {
    const told = await typeWithout('session_requests', 'fix the <login> test');
    expect(told).toContain('Nothing was done');
    expect(told).toContain('/devin fix the <login> test');
  });

  test('leaves a form open with everything in it, with an error on top', async () => {
    const { slack, devin } = world();
    const { ana, channelId } = someoneIn(world());
    await slack.command(ana.userId, channelId, '');
    const view = await settledForm(slack, ana.userId);
    slack.typeIn(view.id, { 'field.prompt': 'keep me' });
    await withoutTable('session_requests', async () => slack.submit(view.id, ana.userId));
    expect(slack.renderText(view.id)).toContain("couldn't look that up or save it");
    expect(slack.renderText(view.id)).toContain('keep me');
    expect((await slack.submit(view.id, ana.userId)).kind).toBe('closed');
    expect((await sessionOf(devin, ana.devinUserId)).request.prompt).toBe('keep me');
  });

  test.each(['defaults', 'settings me notify dm', 'list'])(
    'does nothing and mentions no start if it would start none: %s',
    async (typed) => {
      const table = typed === 'list' ? 'session_requests' : 'settings';
      const told = await typeWithout(table, typed);
      expect(told).toContain('Nothing was done');
      expect(told).toContain(`/devin ${typed}`);
      expect(told).not.toMatch(/started|saved/);
    },
  );

  /** Runs the task while another process holds the lock on this person's limits. */
  async function whileHeld<T>(userId: string, task: () => Promise<T>): Promise<T> {
    const database = new Client({ connectionString: url('unsaved') });
    await database.connect();
    const name = `limits:${world().slack.workspace.teamId}:${userId}`;
    await database.query('select pg_advisory_lock(hashtextextended($1, 0))', [name]);
    try {
      return await task();
    } finally {
      await database.end();
    }
  }

  test('delays nobody else', async () => {
    const { slack, devin } = world();
    const [ana, ben] = [addColleague(world()), addColleague(world())];
    const channelId = slack.addChannel({ name: `held-${ana.name}`, members: [ana.userId, ben.userId] });
    const answers = await whileHeld(ana.userId, async () => {
      // While the first is being saved, the second and Ben's wait together.
      const held = ['wait for the lock', 'wait for it, too'].map(async (task) =>
        slack.command(ana.userId, channelId, task),
      );
      expect((await slack.command(ben.userId, channelId, 'fix the login test')).message).toBeNull();
      await sessionOf(devin, ben.devinUserId);
      return Promise.all(held);
    });
    for (const { message } of answers)
      expect(message === null ? '' : slack.renderText(message)).toContain('Nothing was done');
    expect(devin.sessions.filter(({ userId }) => userId === ana.devinUserId)).toEqual([]);
  });

  /** Runs the task while the server's processes for this database are frozen and it starts no others. */
  const whileFrozen = async <T>(task: () => Promise<T>): Promise<T> => {
    const target = new URL(url('unsaved'));
    const name = decodeURIComponent(target.pathname.slice(1));
    target.pathname = '/postgres';
    const database = new Client({ connectionString: target.href });
    await database.connect();
    const allow = async (allowed: boolean) =>
      database.query(`alter database ${database.escapeIdentifier(name)} allow_connections ${allowed}`);
    await allow(false);
    const { rows } = await database.query<{ pid: number }>(
      'select pid from pg_stat_activity where datname = $1',
      [name],
    );
    for (const { pid } of rows) process.kill(pid, 'SIGSTOP');
    try {
      return await task();
    } finally {
      for (const { pid } of rows) process.kill(pid, 'SIGCONT');
      await allow(true);
      await database.end();
    }
  };

  test("is refused, and isn't saved when the database is back", async () => {
    const { slack, devin } = world();
    const { ana, channelId } = someoneIn(world());
    // Opens connections that can be frozen.
    await slack.command(ana.userId, channelId, 'list');
    const typed = Array.from({ length: 3 }, (_, at) => `fix the frozen test ${at}`);
    const answers = await whileFrozen(async () =>
      Promise.all(typed.map(async (text) => slack.command(ana.userId, channelId, text))),
    );
    for (const { message } of answers) {
      expect(message === null ? '' : slack.renderText(message)).toContain('Nothing was done');
    }
    await slack.command(ana.userId, channelId, 'fix the thawed test');
    await sessionOf(devin, ana.devinUserId);
    const { rows } = await query('select user_id from session_requests where user_id = $1', [ana.userId]);
    expect(rows).toHaveLength(1);
    expect(devin.sessions.filter(({ userId }) => userId === ana.devinUserId)).toHaveLength(1);
  });
});
