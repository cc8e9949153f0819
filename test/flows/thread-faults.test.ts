import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { createSessions } from '../../src/store/sessions.ts';
import type { WorldOptions } from '../support/bot.ts';
import { usePostgres } from '../support/databases.ts';
import { QUICK_THREADS } from '../support/quick.ts';
import { startThread } from '../support/threads.ts';
import { useWorld } from '../support/worlds.ts';

describe('what people write in the thread', () => {
  const { createDatabase, url, open } = usePostgres();
  const onServer = (transport: 'http' | 'socket') => async (): Promise<WorldOptions> => {
    await createDatabase(transport);
    return {
      ...QUICK_THREADS,
      transport,
      // Over a socket, nothing but the time tells that an event isn't acknowledged.
      slack: { redeliverAfterMs: [], answerTimeoutMs: 5000 },
      environment: { DATABASE_URL: url(transport) },
    };
  };
  const worlds = { http: useWorld(onServer('http')), socket: useWorld(onServer('socket')) };

  test.each(['http', 'socket'] as const)(
    "isn't acknowledged while the database refuses it, and reaches Devin once on redelivery (%s)",
    async (transport) => {
      const world = worlds[transport];
      const { db } = await open({ databaseUrl: url(transport) });
      const thread = await startThread(world());
      await sql`create function refuse() returns trigger language plpgsql
        as $$ begin raise exception 'the disk is full'; end $$`.execute(db);
      await sql`create trigger refuse before insert on replies execute function refuse()`.execute(db);
      const { ts, deliveries } = await thread.say(thread.ana.userId, 'keep this');
      const outcomes = () => deliveries.flatMap(({ outcomes: all }) => all.map(({ kind }) => kind));
      expect(outcomes()).toEqual([transport === 'http' ? 'refused' : 'timeout']);

      await sql`drop trigger refuse on replies`.execute(db);
      for (const delivery of [...deliveries, ...deliveries]) await world().slack.redeliver(delivery);
      expect(outcomes().slice(1)).toEqual(['answered', 'answered']);
      await thread.marked(ts, 'white_check_mark');
      await thread.marked((await thread.say(thread.ana.userId, 'and this')).ts, 'white_check_mark');
      expect(thread.heard().map(({ message }) => message)).toEqual(['keep this', 'and this']);
    },
  );

  test("and Devin's words continue if Devin no longer accepts the cursor", async () => {
    const { devin } = worlds.http();
    const thread = await startThread(worlds.http());
    const { db } = await open({ databaseUrl: url('http') });
    devin.advance(thread.id, { status: 'running', message: 'before' });
    await thread.relayedText('before');
    await createSessions(db).change(thread.id, { messagesCursor: 'of another time' });
    devin.advance(thread.id, { message: 'after' });
    await thread.relayedText('after');
    devin.fail({ method: 'POST', path: /\/messages$/ }, { times: 1, afterEffect: true });
    const { ts } = await thread.say(thread.ana.userId, 'heard?');
    await thread.marked(ts, 'white_check_mark');
    expect(thread.relayed().map(({ text }) => text)).toEqual(['before', 'after']);
  });

  test('has its session polled at once, also if the answer to it is lost', async () => {
    const { devin, slack } = worlds.http();
    const { ana, id, channelId, threadTs, say, marked } = await startThread(worlds.http());
    const { db } = await open({ databaseUrl: url('http') });
    const showing = async (words: string) =>
      slack.waitForMessage(channelId, ({ ts, text }) => ts === threadTs && text.includes(words));
    devin.advance(id, { status: 'suspended', statusDetail: 'inactivity' });
    await showing('Asleep');
    // As after a day.
    await createSessions(db).change(id, { nextPoll: { inMs: 3_600_000, first: false } });
    devin.advance(id, { status: 'running', statusDetail: 'working', acus: 3 });
    devin.fail({ method: 'POST', path: /\/messages$/ }, { times: 1, afterEffect: true });
    const { ts } = await say(ana.userId, `<@${slack.workspace.botUserId}> go on`);
    await marked(ts, 'white_check_mark');
    await showing('3 ACU');
  });
});

describe('a Devin that is slow to give its messages', () => {
  const world = useWorld(QUICK_THREADS);

  test('delays no other session and no card, and is posted once', async () => {
    const { devin, slack } = world();
    const [slow, quick] = [await startThread(world()), await startThread(world())];
    const path = new RegExp(`${slow.id}/messages$`);
    const { promise: until, resolve: answer } = Promise.withResolvers<void>();
    const held = devin.fail({ method: 'GET', path }, { times: Infinity, until });
    devin.advance(slow.id, { status: 'running', message: 'at last' });
    await devin.waitForRequest((request) => request.method === 'GET' && path.test(request.path));
    // Each change fetches the messages again.
    for (const acus of [1, 2]) {
      devin.advance(slow.id, { acus });
      await slack.waitForMessage(slow.channelId, ({ text }) => text.includes(`${acus} ACU`));
      devin.advance(quick.id, { status: 'running', message: `quick ${acus}` });
      await quick.relayedText(`quick ${acus}`);
    }
    expect(slow.relayed()).toEqual([]);
    held.clear();
    answer();
    await slow.relayedText('at last');
    devin.advance(slow.id, { message: 'and on' });
    await slow.relayedText('and on');
    expect(slow.relayed().map(({ text }) => text)).toEqual(['at last', 'and on']);
  });
});
