import { describe, expect, test } from 'vitest';
import { stopOnCard, toldTo, typeTask } from '../support/asking.ts';
import { startBot } from '../support/bot.ts';
import { foreignSession } from '../support/foreign.ts';
import { cardOf, sessionOf, settledForm } from '../support/look.ts';
import { someoneIn } from '../support/people.ts';
import { useWorld } from '../support/worlds.ts';

const CREATE = { method: 'POST', path: '/sessions' } as const;

describe('the open sessions of a person', () => {
  const world = useWorld({ environment: { LIMIT_OPEN_SESSIONS: '2', LIMIT_STARTS_PER_HOUR: '0' } });

  test('stay within the limit if several replicas start more at once', async () => {
    const { slack, devin, environment, address } = world();
    const second = await startBot(environment, slack);
    slack.connectHttp(`${address}/slack/events`, `${second.address}/slack/events`);
    try {
      const { ana, channelId, own, place } = someoneIn(world());
      const tasks = Array.from({ length: 8 }, (_none, at) => `task ${at} of ${ana.name}`);
      await Promise.all(tasks.map(async (task) => typeTask(world(), place, task)));
      const isRefusal = (words: string) => words.includes('Your open sessions: 2 of 2');
      const refusals = () =>
        slack
          .messages(channelId)
          .filter((message) => message.ephemeralFor === ana.userId && isRefusal(message.text));
      await slack.waitFor(() => (refusals().length === 6 ? true : undefined), { what: 'six refusals' });
      await devin.waitForSession(() => own().length === 2);
      expect(own()).toHaveLength(2);
      const told = await toldTo(world(), place, 'An app admin can raise the limit');
      expect(told.text).toContain('Nothing was started.');
      expect(slack.problems).toEqual([]);
    } finally {
      await second.bot.stop();
      slack.connectHttp(`${address}/slack/events`);
    }
  });

  test("don't include sessions that others started, followed or not", async () => {
    const { slack, devin } = world();
    const [ana, ben] = [someoneIn(world()), someoneIn(world())];
    for (const task of ['one', 'two']) await ana.type(`${task} of ${ana.ana.name}`);
    await devin.waitForSession(() => ana.own().length === 2);
    for (const { id, url } of ana.own()) {
      await cardOf(slack, ana.channelId, (text) => text.includes(url));
      await ben.type(`follow ${id}`);
    }
    const made = await foreignSession(world(), 'Made in the web app');
    await ben.type(`follow ${made.id}`);
    await cardOf(slack, ben.channelId, (text) => text.includes(made.url));
    for (const task of ['one', 'two']) await ben.type(`${task} of ${ben.ana.name}`);
    await devin.waitForSession(() => ben.own().length === 2);
  });
});

describe('a start beyond a limit', () => {
  const world = useWorld({ environment: { LIMIT_OPEN_SESSIONS: '1', LIMIT_STARTS_PER_HOUR: '2' } });

  test('keeps the request: its form starts it once a session has ended', async () => {
    const { slack, devin } = world();
    const { ana, channelId, type, own, place } = someoneIn(world());
    const counted = async (state: string): Promise<number> => {
      const metrics = await (await fetch(`${world().address}/metrics`)).text();
      return Number(new RegExp(`requests_total\\{state="${state}"\\} (\\d+)`).exec(metrics)?.[1] ?? 0);
    };
    const before = { accepted: await counted('accepted'), refused: await counted('refused') };
    await type('start the first');
    const first = await sessionOf(devin, ana.devinUserId);
    const { ts } = await cardOf(slack, channelId, (text) => text.includes(first.url));
    await type('paint the second wall --repo acme/web --acu 7');
    const refused = await toldTo(world(), place, 'Your open sessions: 1 of 1');
    expect((await counted('accepted')) - before.accepted).toBe(2);
    expect((await counted('refused')) - before.refused).toBe(1);
    expect(slack.renderText(refused)).toContain('paint the second wall');
    await stopOnCard(world(), ana.userId, { channelId, ts });
    await cardOf(slack, channelId, (text) => text.includes('Ended by'));
    await slack.clickButton(ana.userId, { channelId, ts: refused.ts }, 'open_form');
    const form = await settledForm(slack, ana.userId);
    await slack.submit(form.id, ana.userId);
    const second = await devin.waitForSession(({ request }) => request.prompt === 'paint the second wall');
    expect(second.request).toMatchObject({ repos: ['acme/web'], max_acu_limit: 7 });
    expect(own()).toHaveLength(2);
  });

  test('is refused at the hourly limit, even if the sessions have ended', async () => {
    const { slack, devin } = world();
    const { ana, channelId, type, own, place } = someoneIn(world());
    for (const task of ['one', 'two']) {
      await type(`${task} of ${ana.name}`);
      const { url } = await devin.waitForSession(
        ({ request }) => request.prompt === `${task} of ${ana.name}`,
      );
      const { ts } = await cardOf(slack, channelId, (text) => text.includes(url));
      await stopOnCard(world(), ana.userId, { channelId, ts });
      await cardOf(slack, channelId, (text) => text.includes(url) && text.includes('Ended by'));
    }
    await type('and a third');
    const told = await toldTo(world(), place, 'Your starts in the last hour: 2 of 2');
    expect(told.text).toContain('in the last hour');
    expect(own()).toHaveLength(2);
  });

  test('is refused for "Start anyway", too, which counts sessions started meanwhile', async () => {
    const { slack, devin } = world();
    const { ana, channelId, type, own } = someoneIn(world());
    devin.fail(CREATE, { times: 1 });
    await type(`fix what got lost for ${ana.name}`);
    const lost = await slack.waitForMessage(channelId, (message) =>
      slack.renderText(message).includes('[Start anyway]'),
    );
    await type(`done meanwhile for ${ana.name}`);
    await sessionOf(devin, ana.devinUserId);
    await cardOf(slack, channelId, (text) => text.includes('done meanwhile') && text.includes('sessions/'));
    await slack.clickButton(ana.userId, { channelId, ts: lost.ts }, 'start_anyway');
    const told = await slack.waitForMessage(channelId, ({ text }) =>
      text.includes('Your open sessions: 1 of 1'),
    );
    expect(told.ephemeralFor).toBe(ana.userId);
    expect(told.text).not.toContain('Nothing was started');
    const card = await slack.waitForMessage(
      channelId,
      (message) => message.ts === lost.ts && slack.renderText(message).includes('Not confirmed'),
    );
    expect(slack.renderText(card)).not.toContain('open session');
    expect(own()).toHaveLength(1);
  });
});
