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
/** Long enough for what an event caused to be over, mostly. */
const BETWEEN_MS = 3000;
/** What a poll or a refresh adds by chance isn't there each time. */
const TIMES = 3;

type World = Awaited<ReturnType<typeof openWorld>>;
type Card = { id: string; ts: string };

/** The files of src of which a function runs for each event, each time, without those that run beside a session that works. */
export async function measurePaths(): Promise<Record<string, string[]>> {
  const world = await openWorld();
  const ran = await createCoverage();
  await startSession(world, 0);
  await delay(IDLE_MS);
  await ran();
  await delay(IDLE_MS);
  const idle = await ran();
  const rounds: Map<string, Set<string>>[] = [];
  for (let round = 1; round <= TIMES; round += 1) rounds.push(await playRound(world, ran, round));
  await world.close();
  const [first = new Map<string, Set<string>>()] = rounds;
  return Object.fromEntries(
    [...first].map(([event, files]) => [
      `path: ${event}`,
      [...files]
        .filter((file) => !idle.has(file) && rounds.every((round) => round.get(event)?.has(file) === true))
        .toSorted(),
    ]),
  );
}

/** The files that ran for each event in the life of one session. */
async function playRound(world: World, ran: Coverage, round: number): Promise<Map<string, Set<string>>> {
  const files = new Map<string, Set<string>>();
  const during = async <T>(event: string, act: () => Promise<T>): Promise<T> => {
    await delay(BETWEEN_MS);
    await ran();
    const result = await act();
    files.set(event, await ran());
    return result;
  };
  const card = await during('command to card', async () => startSession(world, round));
  await during('status to card', async () => changeStatus(world, card));
  await during('reply to Devin', async () => reply(world, card));
  await during('Stop to card', async () => stop(world, card));
  return files;
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
type Coverage = () => Promise<Set<string>>;

async function createCoverage(): Promise<Coverage> {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
  return async () => {
    const { result } = await session.post('Profiler.takePreciseCoverage');
    const ran = result.filter(({ url, functions }) => url.startsWith(SOURCES) && functions.some(wasCalled));
    return new Set(ran.map(({ url }) => url.slice(SOURCES.length)));
  };
}

type Counted = { ranges: { startOffset: number; count: number }[] };

/** The function that begins at 0 is the file itself, which runs when it is loaded. */
function wasCalled({ ranges }: Counted): boolean {
  return ranges[0]?.startOffset !== 0 && ranges.some(({ count }) => count > 0);
}

async function startSession({ slack, devin, userId, channelId }: World, round: number): Promise<Card> {
  const task = `fix the login test ${round}`;
  await slack.command(userId, channelId, `${task} --acu 5`);
  const { id } = await devin.waitForSession(({ request }) => request.prompt.includes(task));
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
