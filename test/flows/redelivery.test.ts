import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { Client } from 'pg';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { World } from '../support/bot.ts';
import { usePostgres } from '../support/databases.ts';
import { listenInTest } from '../support/listen.ts';
import { addColleague } from '../support/people.ts';
import { startThread } from '../support/threads.ts';
import { useWorld } from '../support/worlds.ts';

/** The database refuses only the next row for this table. */
async function refuseOnce(url: string, table: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  // A sequence advances even if the transaction is rolled back.
  await client.query(`
    create sequence tries;
    create function refuse_once() returns trigger language plpgsql as $$
    begin
      if nextval('tries') = 1 then raise exception 'no room'; end if;
      return new;
    end $$;
    create trigger refuse_once before insert on ${table} for each row execute function refuse_once();
  `);
  await client.end();
}

/** Stands between Slack and the app, and loses the app's first answer. */
async function loseAnAnswer({ slack, address }: World): Promise<void> {
  const url = `${address}/slack/events`;
  let isLost = false;
  const proxy = createServer((request, response) => {
    const pass = async (): Promise<void> => {
      const headers = new Headers();
      for (const [name, value] of Object.entries(request.headers))
        if (typeof value === 'string' && name !== 'connection') headers.set(name, value);
      const body = new Uint8Array(await buffer(request));
      const answer = await fetch(url, { method: 'POST', headers, body });
      response.writeHead(isLost ? answer.status : 502).end(await answer.text());
      isLost = true;
    };
    pass().catch(() => response.destroy());
  });
  slack.connectHttp(`${await listenInTest(proxy)}/slack/events`);
  onTestFinished(() => slack.connectHttp(url));
}

describe('a reply that Slack delivers again', () => {
  const { createDatabase, url } = usePostgres();
  const world = useWorld(async () => {
    await createDatabase('redelivery');
    return { environment: { DATABASE_URL: url('redelivery') } };
  });

  test.each([
    ["the app couldn't save it", async () => refuseOnce(url('redelivery'), 'replies'), 503],
    ["the app's answer was lost", async () => loseAnAnswer(world()), 502],
  ])('reaches Devin once: %s', async (_why, arrange, status) => {
    const thread = await startThread(world());
    await arrange();
    const { ts, deliveries } = await thread.say(thread.ana.userId, 'use main');
    await thread.marked(ts, 'white_check_mark');
    await world().slack.waitFor(() => deliveries[0]?.outcomes.length === 2);
    const next = await thread.say(thread.ana.userId, 'thank you');
    await thread.marked(next.ts, 'white_check_mark');
    expect(deliveries[0]?.outcomes).toMatchObject([{ kind: 'refused', status }, { kind: 'answered' }]);
    expect(thread.heard().map(({ message }) => message)).toEqual(['use main', 'thank you']);
  });
});

describe('a reply that was changed before Slack could deliver it', () => {
  const world = useWorld({ slack: { redeliverAfterMs: Array.from({ length: 100 }, () => 100) } });

  /** While the app can't be reached, the requester writes, and then does this to the message. */
  async function missed(then: (ref: { channelId: string; ts: string }, userId: string) => Promise<unknown>) {
    const { slack, address } = world();
    const thread = await startThread(world());
    const { userId } = thread.ana;
    slack.connectHttp(`${address}/nowhere`);
    const { ts, deliveries } = await thread.say(userId, 'use main');
    await then({ channelId: thread.channelId, ts }, userId);
    slack.connectHttp(`${address}/slack/events`);
    await slack.waitFor(() => deliveries[0]?.outcomes.at(-1)?.kind === 'answered');
    const next = await thread.say(userId, 'thank you');
    await thread.marked(next.ts, 'white_check_mark');
    return thread.heard().map(({ message }) => message);
  }

  test('reaches Devin as it was edited', async () => {
    const { slack } = world();
    const heard = await missed(async (ref, userId) => slack.editMessage(userId, ref, 'use next'));
    expect(heard).toEqual(['use next', 'thank you']);
  });

  test("doesn't reach Devin if it was deleted", async () => {
    const { slack } = world();
    const heard = await missed(async (ref, userId) => slack.deleteMessage(userId, ref));
    expect(heard).toEqual(['thank you']);
  });

  test("doesn't reach Devin if its deletion arrives while it's still being read", async () => {
    const { slack, devin, address } = world();
    const thread = await startThread(world());
    const { userId } = thread.ana;
    const busy = devin.fail(
      { method: 'POST', path: `${thread.id}/messages` },
      { status: 429, retryAfter: 1, times: Infinity },
    );
    slack.connectHttp(`${address}/nowhere`);
    const { ts } = await thread.say(userId, 'forget this');
    const { promise: until, resolve: read } = Promise.withResolvers<void>();
    const reading = slack.fail('conversations.replies', { until, args: { latest: ts } });
    slack.connectHttp(`${address}/slack/events`);
    await expect.poll(() => reading.remaining()).toBe(0);
    const deleted = thread.retract(ts);
    const next = await thread.say(userId, 'go');
    await thread.marked(next.ts, 'eyes');
    read();
    await deleted;
    busy.clear();
    await thread.marked(next.ts, 'white_check_mark');
    const last = await thread.say(userId, 'thank you');
    await thread.marked(last.ts, 'white_check_mark');
    expect(thread.heard().map(({ message }) => message)).toEqual(['go', 'thank you']);
  });

  test("reaches Devin as it was if Slack can't be asked", async () => {
    const { slack } = world();
    const heard = await missed(async ({ ts }) => {
      slack.fail('conversations.replies', { status: 500, args: { latest: ts } });
      return Promise.resolve();
    });
    expect(heard).toEqual(['use main', 'thank you']);
  });
});

describe('an edit that Slack delivers again', () => {
  const world = useWorld({ slack: { redeliverAfterMs: [] } });

  test("doesn't undo a later one that came before the reply", async () => {
    const { slack, address } = world();
    const thread = await startThread(world());
    const { userId } = thread.ana;
    slack.connectHttp(`${address}/nowhere`);
    const { ts, deliveries } = await thread.say(userId, 'use main');
    const ref = { channelId: thread.channelId, ts };
    const missed = [...deliveries, ...(await slack.editMessage(userId, ref, 'use next'))];
    slack.connectHttp(`${address}/slack/events`);
    await slack.editMessage(userId, ref, 'use last');
    for (const delivery of missed) await slack.redeliver(delivery);
    const next = await thread.say(userId, 'thank you');
    await thread.marked(next.ts, 'white_check_mark');
    expect(thread.heard().map(({ message }) => message)).toEqual(['use last', 'thank you']);
  });
});

describe('a reply that comes for the first time', () => {
  const world = useWorld({ transport: 'socket' });

  test('is taken as it was delivered, without another call to Slack', async () => {
    const { slack } = world();
    const thread = await startThread(world());
    const { ts } = await thread.say(thread.ana.userId, 'use main');
    await thread.marked(ts, 'white_check_mark');
    expect(slack.calls.filter(({ args }) => args['latest'] === ts)).toEqual([]);
  });
});

describe('what people tell each other', () => {
  const world = useWorld();

  test("isn't looked up in Slack, however often it is delivered", async () => {
    const { slack } = world();
    const [ana, ben] = [addColleague(world()), addColleague(world())];
    const channelId = slack.addChannel({ name: `chat-${ana.name}`, members: [ana.userId, ben.userId] });
    const { ts, deliveries } = await slack.speak(ana.userId, channelId, 'lunch?');
    for (const delivery of deliveries) await slack.redeliver(delivery, { num: 1, reason: 'http_timeout' });
    expect(deliveries.length).toBeGreaterThan(0);
    expect(slack.calls.filter(({ args }) => args['latest'] === ts)).toEqual([]);
  });
});
