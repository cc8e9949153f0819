import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Message } from '../../sandbox/slack/index.ts';
import type { Bot } from '../../src/app.ts';
import { startSession, typeTask } from '../support/asking.ts';
import { createWorld, startBot, type World } from '../support/bot.ts';
import { cardOf, sessionsAs } from '../support/look.ts';
import { addColleague } from '../support/people.ts';

const OVERRIDES = {
  watchTimes: { fastestMs: 100, tickMs: 50, tellAfterMs: 50 },
  troubleMs: 100,
};
const MINUTE_MS = 60_000;

/** A person whose request is on its way when the backup is made: Devin asked for a pause. */
async function waitingRequest(world: World) {
  const { slack, devin } = world;
  const ben = addColleague(world);
  const channelId = slack.addChannel({ name: 'waiting', members: [ben.userId] });
  devin.fail({ method: 'POST', path: '/sessions' }, { status: 429, retryAfter: 3, times: 1 });
  await typeTask(world, { userId: ben.userId, channelId }, 'fix the flaky payment test');
  await devin.waitForRequest(({ method, status }) => method === 'POST' && status === 429);
  const sharedTexts = (): string[] => sharedIn(world, channelId).map(({ text }) => text);
  return { ben, channelId, own: () => sessionsAs(devin, ben.devinUserId), sharedTexts };
}

function sharedIn({ slack }: World, channelId: string): Message[] {
  return slack.messages(channelId).filter(({ ephemeralFor }) => ephemeralFor === null);
}

/** For three starts. */
const LONG_MS = 120_000;

describe('a database that is restored from a backup', () => {
  let world: World;
  let folder: string;
  let session: Awaited<ReturnType<typeof startSession>>;
  let asking: Awaited<ReturnType<typeof startSession>>;
  let waiting: Awaited<ReturnType<typeof waitingRequest>>;
  const bots: Bot[] = [];
  let aheadMs = 0;

  async function start(from: string, into: string): Promise<void> {
    await cp(from, into, { recursive: true });
    const { environment, slack } = world;
    const overrides = { ...OVERRIDES, now: () => Date.now() + aheadMs };
    const { bot } = await startBot({ ...environment, DATA_DIR: into }, slack, overrides);
    bots.push(bot);
  }

  let searchesBefore = 0;
  const searches = (): number =>
    world.slack.calls.filter(
      ({ method, args }) => method === 'conversations.replies' && args['channel'] === asking.channelId,
    ).length;

  const threadOf = (): string[] => sharedIn(world, session.channelId).map(({ text }) => text);

  /** What people and Devin do after the backup. */
  async function goOn(): Promise<void> {
    const { slack, devin } = world;
    const { id } = session.session;
    devin.advance(id, { status: 'running', statusDetail: 'waiting_for_user', message: 'Which color?' });
    await slack.waitForMessage(session.channelId, ({ text }) => text.includes('asks'));
    await slack.speak(session.ana.userId, session.channelId, 'Blue.', { threadTs: session.card.ts });
    // Within a second, Devin's times don't show whether its answer to this or a poll is newer.
    await slack.waitForMessage(session.channelId, ({ reactions }) => reactions.has('white_check_mark'));
    devin.advance(id, { statusDetail: 'finished', message: 'It is blue now.' });
    await slack.waitForMessage(
      session.channelId,
      ({ text, ts }) => ts !== session.card.ts && text.includes('Finished'),
    );
    await cardOf(slack, waiting.channelId, (text) => text.includes(waiting.own()[0]?.url ?? 'none'));
    const asks = { status: 'running', statusDetail: 'waiting_for_user', message: 'Which size?' } as const;
    devin.advance(asking.session.id, asks);
    await slack.waitForMessage(asking.channelId, ({ text }) => text.includes('asks'));
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'devin-slack-backup-'));
    world = await createWorld({ database: 'embedded', overrides: OVERRIDES });
    session = await startSession(world);
    asking = await startSession(world);
    waiting = await waitingRequest(world);
    await world.bot.stop();
    const backup = world.environment['DATA_DIR'] ?? '';
    aheadMs = 2 * MINUTE_MS;
    await start(backup, join(folder, 'first'));
    await goOn();
    await bots.at(-1)?.stop();
    aheadMs += 3 * MINUTE_MS;
    searchesBefore = searches();
    await start(backup, join(folder, 'restored'));
  }, LONG_MS);
  afterAll(async () => {
    await bots.at(-1)?.stop();
    await world.close();
    await rm(folder, { recursive: true, force: true });
  });

  test('keeps the words of a question that it asked before, also once it is answered', async () => {
    const { slack } = world;
    const { ana, channelId, card } = asking;
    // It searches the thread for the words, and then for the call.
    await slack.waitFor(() => searches() >= searchesBefore + 2, { what: 'two searches' });
    await slack.speak(ana.userId, channelId, 'Small.', { threadTs: card.ts });
    await slack.waitForMessage(channelId, ({ reactions }) => reactions.has('white_check_mark'));
    const words = ['Fine.', 'Done.'];
    // With the second, what came with the first is done.
    for (const message of words) {
      world.devin.advance(asking.session.id, { status: 'running', statusDetail: 'working', message });
      await slack.waitForMessage(channelId, ({ text }) => text === message);
    }
    const asked = sharedIn(world, channelId).flatMap(({ text }) => (text.includes('asks') ? [text] : []));
    expect(asked).toEqual([expect.stringContaining('Which size?')]);
  });

  test('starts no session twice, and finds its card', async () => {
    const { slack, devin } = world;
    const [own] = waiting.own();
    devin.advance(own?.id ?? '', { status: 'running', statusDetail: 'working', message: 'Here I am.' });
    await slack.waitForMessage(waiting.channelId, ({ text }) => text === 'Here I am.');
    expect(waiting.own()).toHaveLength(1);
    expect(waiting.sharedTexts().filter((text) => text.includes(own?.url ?? 'none'))).toHaveLength(1);
  });

  test('says nothing in a thread that it has said before', async () => {
    const before = threadOf().length;
    world.devin.advance(session.session.id, { message: 'One more thing.' });
    await world.slack.waitForMessage(session.channelId, ({ text }) => text === 'One more thing.');
    expect(threadOf().slice(before)).toEqual(['One more thing.']);
    expect(threadOf().filter((text) => text.includes('Finished'))).toHaveLength(2);
  });
});
