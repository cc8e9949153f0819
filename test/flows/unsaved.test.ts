import { Client } from 'pg';
import { describe, expect, test } from 'vitest';
import { usePostgres } from '../support/databases.ts';
import { addColleague } from '../support/people.ts';
import { useWorld } from '../support/worlds.ts';

describe('a command that cannot be written down', () => {
  const { createDatabase, url } = usePostgres();
  const world = useWorld(async () => {
    await createDatabase('unsaved');
    return { environment: { DATABASE_URL: url('unsaved') } };
  });

  /** What somebody is told who types this while the database has lost a table. */
  const typeWithout = async (table: string, typed: string): Promise<string> => {
    const { slack } = world();
    const ana = addColleague(world(), { isAdmin: true });
    const channelId = slack.addChannel({ name: `unsaved-${ana.name}`, members: [ana.userId] });
    const database = new Client({ connectionString: url('unsaved') });
    await database.connect();
    try {
      await database.query(`alter table ${table} rename to lost`);
      const { message } = await slack.command(ana.userId, channelId, typed);
      return message === null ? '' : slack.renderText(message);
    } finally {
      await database.query(`alter table lost rename to ${table}`);
      await database.end();
    }
  };

  test('starts nothing, says so, and comes back', async () => {
    const told = await typeWithout('session_requests', 'fix the <login> test');
    expect(told).toContain('Nothing was started');
    expect(told).toContain('/devin fix the <login> test');
  });

  test.each(['defaults', 'steer requester', 'list'])(
    'does nothing and speaks of no session, where it would start none: %s',
    async (typed) => {
      const table = typed === 'list' ? 'session_requests' : 'settings';
      const told = await typeWithout(table, typed);
      expect(told).toContain('Nothing was done');
      expect(told).toContain(`/devin ${typed}`);
      expect(told).not.toMatch(/started|saved/);
    },
  );
});
