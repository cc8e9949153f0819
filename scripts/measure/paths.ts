import { mkdtemp, rm } from 'node:fs/promises';
import { Session } from 'node:inspector/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createLocalDevin } from '../../sandbox/devin/index.ts';
import { sandboxEnvironment } from '../../sandbox/environment.ts';
import { createLocalSlack } from '../../sandbox/slack/index.ts';
import { createBot } from '../../src/app.ts';
import { parseConfig } from '../../src/config.ts';

const SOURCES = new URL('../../src/', import.meta.url).href;
/** Long enough for all background work to have run: the sweep runs every 10 s. */
const IDLE_MS = 12_000;

type World = Awaited<ReturnType<typeof openWorld>>;
type Card = { id: string; ts: string };

/** The files of src of which a function ran for each event, without those that run while nothing happens. */
export async function measurePaths(): Promise<Record<string, string[]>> {
  const world = await openWorld();
  const ran = await createCoverage();
  const paths = new Map<string, Set<string>>();
  const record = async (event: string, files: Promise<Set<string>>): Promise<void> => {
    paths.set(`path: ${event}`, await files);
  };
  const during = async (act: () => Promise<unknown>): Promise<Set<string>> => {
    await ran();
    await act();
    return ran();
  };
  const idle = await during(async () => delay(IDLE_MS));
  let card: Card = { id: '', ts: '' };
  await record(
    'command to card',
    during(async () => {
      card = await startSession(world);
    }),
  );
  await delay(IDLE_MS);
  await record(
    'status to card',
    during(async () => changeStatus(world, card)),
  );
  await delay(IDLE_MS);
  await record(
    'reply to Devin',
    during(async () => reply(world, card)),
  );
  await delay(IDLE_MS);
  await record(
    'Stop to card',
    during(async () => stop(world, card)),
  );
  await world.close();
  const withoutIdle = (files: Set<string>): string[] =>
    [...files].filter((file) => !idle.has(file)).toSorted();
  return Object.fromEntries([...paths].map(([name, files]) => [name, withoutIdle(files)]));
}

async function openWorld() {
  const slack = await createLocalSlack({ rateLimits: 'off' });
  const devin = await createLocalDevin({});
  const dataDir = await mkdtemp(join(tmpdir(), 'devin-slack-measure-'));
  const userId = slack.addUser({ name: 'ana', email: 'ana@acme.example' });
  devin.addMember({ userId: 'user-ana', email: 'ana@acme.example', name: 'Ana Ruiz' });
  const channelId = slack.addChannel({ name: 'web', members: [userId] });
  const parsed = parseConfig({
    ...sandboxEnvironment({ slack, devin }),
    DATA_DIR: dataDir,
    LOG_LEVEL: 'silent',
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const bot = await createBot(parsed.config);
  const { port } = await bot.start();
  slack.connectHttp(`http://127.0.0.1:${port}/slack/events`);
  return {
    slack,
    devin,
    userId,
    channelId,
    close: async (): Promise<void> => {
      await bot.stop();
      await slack.close();
      await devin.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** The files whose functions ran since the last call. */
async function createCoverage() {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
  return async (): Promise<Set<string>> => {
    const { result } = await session.post('Profiler.takePreciseCoverage');
    const ran = result.filter(({ url, functions }) => url.startsWith(SOURCES) && functions.some(wasCalled));
    return new Set(ran.map(({ url }) => url.slice(SOURCES.length)));
  };
}

type Coverage = { ranges: { startOffset: number; count: number }[] };

/** The function that begins at 0 is the file itself, which runs when it is loaded. */
function wasCalled({ ranges }: Coverage): boolean {
  return ranges[0]?.startOffset !== 0 && ranges.some(({ count }) => count > 0);
}

async function startSession({ slack, devin, userId, channelId }: World): Promise<Card> {
  await slack.command(userId, channelId, 'fix the login test --acu 5');
  const { id } = await devin.waitForSession(() => true);
  const { ts } = await slack.waitForMessage(channelId, ({ text }) => text.includes(devin.session(id).url));
  return { id, ts };
}

async function changeStatus({ slack, devin, channelId }: World, { id, ts }: Card): Promise<void> {
  const before = slack.messages(channelId).find((message) => message.ts === ts)?.text;
  devin.advance(id, { status: 'running', statusDetail: 'waiting_for_user' });
  await slack.waitForMessage(channelId, (message) => message.ts === ts && message.text !== before);
}

async function reply({ slack, devin, userId, channelId }: World, { id, ts }: Card): Promise<void> {
  const words = 'please add a test';
  await slack.speak(userId, channelId, words, { threadTs: ts });
  await devin.waitForSession((one) => one.id === id && one.messages.at(-1)?.message === words);
}

async function stop({ slack, userId, channelId }: World, { ts }: Card): Promise<void> {
  await slack.clickButton(userId, { channelId, ts }, 'ask_stop');
  const asked = await slack.waitFor(() => slack.openViewOf(userId), { what: 'the question before a stop' });
  await slack.submit(asked.id, userId);
  await slack.waitForMessage(channelId, ({ text, ts: one }) => one === ts && text.includes('Ended'));
}
