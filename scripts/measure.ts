import { mkdtemp, rm } from 'node:fs/promises';
import { Session } from 'node:inspector/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createLocalDevin } from '../sandbox/devin/index.ts';
import { sandboxEnvironment } from '../sandbox/environment.ts';
import { createLocalSlack } from '../sandbox/slack/index.ts';
import { createBot } from '../src/app.ts';
import { parseConfig } from '../src/config.ts';
import { measureSources } from './measure-sources.ts';

/** `npm run measure`: how far one event travels through the sources, and how large they are. */
const SOURCES = new URL('../src/', import.meta.url).href;
/** Long enough for all background work to have run: the sweep runs every 10 s. */
const IDLE_MS = 12_000;

type World = Awaited<ReturnType<typeof openWorld>>;

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

async function askForSession({ slack, devin, userId, channelId }: World) {
  await slack.command(userId, channelId, 'fix the login test');
  const session = await devin.waitForSession(() => true);
  const card = await slack.waitForMessage(channelId, ({ text }) =>
    text.includes(devin.session(session.id).url),
  );
  return { id: session.id, card };
}

async function measureEvents(): Promise<void> {
  const world = await openWorld();
  const { slack, devin, userId, channelId } = world;
  const ran = await createCoverage();
  await delay(IDLE_MS);
  const idle = await ran();
  const report = async (what: string): Promise<void> => {
    const files = [...(await ran())].filter((file) => !idle.has(file)).toSorted();
    console.log(`${what}: ${files.length} files\n  ${files.join(' ')}\n`);
  };
  const { id, card } = await askForSession(world);
  await report('/devin to the card with its URL');
  await delay(IDLE_MS);
  await ran();
  await slack.speak(userId, channelId, 'add a test, too', { threadTs: card.ts });
  await devin.waitForSession((one) => one.id === id && one.messages.at(-1)?.message === 'add a test, too');
  await report('a reply in the thread to Devin');
  await world.close();
}

measureSources();
await measureEvents();
