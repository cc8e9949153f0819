import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Message } from '../../sandbox/slack/index.ts';
import type { Bot } from '../../src/app.ts';
import { createLog, type Log } from '../../src/log.ts';
import { approvalValue } from '../../src/slack/edge/ids.ts';
import { toldTo } from '../support/asking.ts';
import { createWorld, startBot, type World, type WorldOptions } from '../support/bot.ts';
import { copyStarted } from '../support/folders.ts';
import { forgePress } from '../support/forged.ts';
import { cardOf, sessionOf, settledForm } from '../support/look.ts';
import { addColleague, someoneIn } from '../support/people.ts';
import { DEVINS, useWorld } from '../support/worlds.ts';

const OVERRIDES = {
  watchTimes: { fastestMs: 200, tickMs: 50, goneAfterMs: 100 },
  troubleMs: 100,
};

type Started = Awaited<ReturnType<typeof started>>;

/** A session about a message in a thread; or one that its prompt says nothing about, with its card in the channel. */
async function started(world: World, place: 'channel' | 'thread') {
  const { slack, devin } = world;
  const ana = addColleague(world);
  const channelId = slack.addChannel({ name: `lost-${ana.name}`, members: [ana.userId] });
  if (place === 'thread') await pickMessage(world, { userId: ana.userId, channelId });
  else await slack.command(ana.userId, channelId, 'fix the login test --repo acme/web --acu 10');
  const { id, url } = await sessionOf(devin, ana.devinUserId);
  const card = await cardOf(slack, channelId, (text) => text.includes(url));
  const threadTs = card.threadTs ?? card.ts;
  const shared = (): Message[] =>
    slack.messages(channelId).filter(({ ephemeralFor }) => ephemeralFor === null);
  return {
    ana,
    channelId,
    id,
    url,
    card,
    threadTs,
    shared,
    /** In the thread, and not on the card that quotes it. */
    posted: async (words: string) =>
      slack.waitForMessage(
        channelId,
        (message) => message.threadTs === threadTs && message.ts !== card.ts && message.text.includes(words),
      ),
    /** The card that was there from the beginning. */
    showing: async (words: string) =>
      slack.waitForMessage(channelId, ({ ts, text }) => ts === card.ts && text.includes(words)),
  };
}

async function pickMessage({ slack }: World, by: { userId: string; channelId: string }): Promise<void> {
  const { userId, channelId } = by;
  const root = slack.say(userId, channelId, 'It fails again.');
  const ts = slack.say(userId, channelId, 'Every morning.', { threadTs: root });
  await slack.shortcut(userId, { channelId, ts }, 'start_session');
  const view = await settledForm(slack, userId);
  slack.typeIn(view.id, {
    'field.prompt': 'fix the login test',
    'field.max_acu_limit': '10',
  });
  await slack.submit(view.id, userId);
}

/** Another person starts a session with the tags and the prompt of this one. */
async function copySession({ devin, slack, ...world }: World, { id }: Started): Promise<void> {
  const ben = addColleague({ devin, slack, ...world });
  const { tags, request } = devin.session(id);
  const { prompt } = request;
  const { ok } = await fetch(`${devin.url}/v3/organizations/${devin.orgId}/sessions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${devin.apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ prompt, tags, create_as_user_id: ben.devinUserId }),
  });
  if (!ok) throw new Error('the copy was refused');
}

type Anew = Bot & { folder: string };

/** The same app with a new, empty database. */
async function startAnew({ environment, slack }: World, log?: Log): Promise<Anew> {
  const folder = await mkdtemp(join(tmpdir(), 'devin-slack-anew-'));
  await copyStarted(folder);
  const overrides = { ...OVERRIDES, ...(log !== undefined && { log }) };
  const { bot } = await startBot({ ...environment, DATA_DIR: folder }, slack, overrides);
  return { ...bot, folder };
}

async function end({ stop, folder }: Anew): Promise<void> {
  await stop();
  await rm(folder, { recursive: true, force: true });
}

/** For two starts and waits for Slack. */
const LONG_MS = 120_000;

/** What happens after one start, in this order. */
function story(devin: WorldOptions['devin']): void {
  let world: World;
  let anew: Anew;
  const lines: string[] = [];
  const sessions = new Map<string, Started>();
  const of = (place: string): Started => {
    const one = sessions.get(place);
    if (one === undefined) throw new Error(`nothing was started: ${place}`);
    return one;
  };

  beforeAll(async () => {
    world = await createWorld({ database: 'embedded', overrides: OVERRIDES, devin });
    const { bot } = world;
    const begin = async (place: 'channel' | 'thread'): Promise<void> => {
      const one = await started(world, place);
      sessions.set(place, one);
      world.devin.advance(one.id, { status: 'running', message: 'I see it.' });
      await one.posted('I see it.');
      world.devin.advance(one.id, {
        pullRequest: { url: `https://github.com/acme/web/pull/1`, state: 'open' },
      });
      await one.posted('Opened ');
      world.devin.advance(one.id, { statusDetail: 'waiting_for_user', message: 'Main or release?' });
      await one.posted('Main or release?');
      await one.showing('Needs you');
      await one.posted(`<@${one.ana.userId}> Devin asks`);
    };
    await Promise.all([begin('channel'), begin('thread')]);
    await bot.stop();
    await copySession(world, of('thread'));
    for (const { id } of sessions.values()) world.devin.advance(id, { message: 'Still there?' });
    const looked = Promise.withResolvers<void>();
    const write = (line: string): void => {
      lines.push(line);
      if (line.includes(of('channel').id)) looked.resolve();
    };
    world.slack.fail('conversations.replies', { times: 1, retryAfter: 1 });
    anew = await startAnew(world, createLog('info', { write }));
    await Promise.all([of('thread').showing('Still there?'), looked.promise]);
  }, LONG_MS);
  afterAll(async () => {
    await end(anew);
    await world.close();
  });

  test('logs once how to follow a session whose prompt names no thread', () => {
    const told = lines.filter(
      (line) => line.includes('/devin follow <id>') && line.includes(of('channel').id),
    );
    expect(told).toHaveLength(1);
    expect(lines.some((line) => line.includes('could not be restored'))).toBe(false);
    expect(lines.some((line) => line.includes('/devin follow <id>') && line.includes(of('thread').id))).toBe(
      false,
    );
  });

  test('continues the card', async () => {
    const { ana, id, showing, shared } = of('thread');
    const before = shared().length;
    world.devin.advance(id, { acus: 3 });
    const card = await showing('3 of 10 ACU');
    for (const part of [ana.name, `as ${ana.devinName}`, 'Needs you', 'pull/1'])
      expect(card.text).toContain(part);
    expect(shared()).toHaveLength(before);
  });

  test('counts what its sessions used for their requesters', async () => {
    const { slack } = world;
    const { ana, channelId } = of('thread');
    await slack.command(ana.userId, channelId, 'usage');
    const told = await slack.waitForMessage(
      channelId,
      ({ ephemeralFor, text }) => ephemeralFor === ana.userId && text.includes('Usage · you'),
    );
    expect(told.text).toContain('1 session · 3 ACU');
  });

  test('says nothing twice', async () => {
    const { id, posted, shared } = of('thread');
    world.devin.advance(id, { statusDetail: 'working', message: 'Goes on.' });
    await posted('Goes on.');
    const marks = shared().flatMap(({ metadata }) => (metadata ? [JSON.stringify(metadata)] : []));
    expect(new Set(marks).size).toBe(marks.length);
    // The mention is part of Devin's words or in a line below, depending on which comes first.
    for (const words of ['Opened ', 'Devin asks'])
      expect(shared().filter(({ text }) => text.includes(words))).toHaveLength(1);
    expect(marks.filter((mark) => mark.includes('"event_id"'))).toHaveLength(3);
    expect(world.slack.problems).toEqual([]);
  });

  test('sends replies to Devin', async () => {
    const { ana, channelId, threadTs, id } = of('thread');
    await world.slack.speak(ana.userId, channelId, 'Release, please.', { threadTs });
    const heard = await world.devin.waitForSession(
      (session) =>
        session.id === id && session.messages.some(({ message }) => message === 'Release, please.'),
    );
    expect(heard.messages.at(-1)).toMatchObject({ asUserId: ana.devinUserId });
  });

  test('has buttons that work', async () => {
    const { slack, devin } = world;
    const { ana, channelId, card, id, showing } = of('thread');
    devin.advance(id, { statusDetail: 'finished' });
    await showing('Finished');
    await slack.clickButton(ana.userId, { channelId, ts: card.ts }, 'start_again');
    const view = await settledForm(slack, ana.userId);
    expect(slack.renderText(view)).toContain('fix the login test');
    expect(slack.renderText(view)).not.toContain('Below is the Slack conversation');
  });
}

for (const [what, devin] of DEVINS)
  describe(`a bot whose database is lost, with a Devin that ${what}`, { shuffle: false }, () => {
    story(devin);
  });

describe('a message of a session that the database does not know', () => {
  const world = useWorld();

  test.each([
    'reply',
    'ask_stop',
    'archive',
    'details',
    'start_again',
    'mute',
    'approve_request',
    'decline_request',
  ])('tells who presses %s what to do', async (actionId) => {
    const { place } = someoneIn(world());
    const requestId = 'unknown12345';
    const value = actionId.endsWith('_request') ? approvalValue.write({ requestId, number: 0 }) : requestId;
    await forgePress(world(), { ...place, actionId, value });
    await toldTo(world(), place, "This app doesn't know this request.");
  });
});
