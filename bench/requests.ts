import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { atPace, isTaken, quantile, rush, type Answer, type Rushed } from './load.ts';
import { runProgram, type Running } from './process.ts';
import { mb, ms, printRow } from './table.ts';
import { nth, openWorld, type World } from './world.ts';

const PACE = { perSecond: 50, seconds: 10 };
/** So many that everybody stays within the limits per person, which are in force. */
const PEOPLE = 100;
const RUSH = { total: 1000, atOnce: 50 };
const TURNS = 30;

type Numbers = {
  /** At an even pace. */
  paced: Answer[];
  rushed: Rushed;
  addedMs: number[];
  repliedMs: number[];
  pacedMb: number;
  rushedMb: number;
  firstStartMs: number | null;
  readyMs: number;
};

const acks = (answers: Answer[]): number[] => answers.filter(isTaken).map(({ tookMs }) => tookMs);

let tasks = 0;
/** Another one each time: the same again would be asked about. */
const task = (): string => `fix number ${(tasks += 1)}`;

async function measureBare(): Promise<Numbers> {
  const { environment, ask, askInTurn, close } = await openWorld({ people: PEOPLE });
  const bare = await runProgram('bench/bare.ts', environment);
  await ask(bare, 'warm up');
  const paced = await atPace(PACE, async () => askInTurn(bare, task()));
  const pacedMb = bare.rssMb();
  const rushed = await rush(RUSH, async () => askInTurn(bare, task()));
  const rushedMb = bare.rssMb();
  await bare.stop();
  await close();
  return {
    paced,
    rushed,
    addedMs: [],
    repliedMs: [],
    pacedMb,
    rushedMb,
    firstStartMs: null,
    readyMs: bare.readyMs,
  };
}

async function measureApp(storage: Record<string, string>): Promise<Numbers> {
  const world = await openWorld({ people: PEOPLE });
  const { devin, environment, askInTurn, close } = world;
  const first = await runProgram('src/main.ts', { ...environment, ...storage });
  await first.stop();
  const app = await runProgram('src/main.ts', { ...environment, ...storage });
  // Who they are in Devin is looked up once an hour.
  for (let person = 0; person < PEOPLE; person += 1) await askInTurn(app, `warm up ${person}`);
  await Promise.all(
    Array.from({ length: PEOPLE }, async (_, person) =>
      devin.waitForSession(({ request }) => request.prompt === `warm up ${person}`),
    ),
  );

  // First: a rush of cards to edit would be in the way of this thread's.
  const repliedMs = await measureReplies(world, app, TURNS);
  const addedMs: number[] = [];
  for (let turn = 0; turn < TURNS; turn += 1) {
    const prompt = `measure the request ${turn}`;
    const { sentAtMs } = await askInTurn(app, prompt);
    const session = await devin.waitForSession(({ request }) => request.prompt === prompt);
    addedMs.push(session.createdAtMs - sentAtMs);
  }
  const paced = await atPace(PACE, async () => askInTurn(app, `${task()} --repo acme/web`));
  const pacedMb = app.rssMb();
  const rushed = await rush(RUSH, async () => askInTurn(app, task()));
  const rushedMb = app.rssMb();
  await app.stop();
  await close();
  return {
    paced,
    rushed,
    addedMs,
    repliedMs,
    pacedMb,
    rushedMb,
    firstStartMs: first.readyMs,
    readyMs: app.readyMs,
  };
}

/** Milliseconds from a reply in a session's thread to its POST at Devin, one after the other. */
async function measureReplies(world: World, app: Running, turns: number): Promise<number[]> {
  const { slack, devin, persons, ask } = world;
  const { channelId, userId } = nth(persons, 0);
  slack.connectHttp(`http://127.0.0.1:${app.port}/slack/events`);
  await ask(app, 'talk to me');
  const session = await devin.waitForSession(({ request }) => request.prompt === 'talk to me');
  const { ts: threadTs } = await slack.waitForMessage(channelId, ({ text }) => text.includes(session.url));
  const took: number[] = [];
  for (let turn = 0; turn < turns; turn += 1) {
    const words = `reply ${turn}`;
    const arrived = devin.waitForSession(({ messages }) => messages.some(({ message }) => message === words));
    const startedMs = performance.now();
    const { ts } = await slack.speak(userId, channelId, words, { threadTs });
    await arrived;
    took.push(performance.now() - startedMs);
    await slack.waitForMessage(channelId, (one) => one.ts === ts && one.reactions.has('white_check_mark'));
  }
  return took;
}

type Stores = { folder: string; databaseUrl: string };

/** What a request and a reply cost: a bare Bolt app, the app with its own database, and with Postgres, side by side. */
export async function measureRequests({ folder, databaseUrl }: Stores): Promise<void> {
  const all = [
    await measureBare(),
    await measureApp({ DATA_DIR: join(folder, 'data') }),
    await measureApp({
      DATA_DIR: join(folder, 'keys'),
      DATABASE_URL: databaseUrl,
      SECRETS_KEY: Buffer.alloc(32, 7).toString('base64'),
    }),
  ];
  const row = (name: string, show: (numbers: Numbers) => string, aim = ''): void =>
    printRow([name, ...all.map(show), aim]);
  const p50 = (values: number[]): string => (values.length === 0 ? '' : ms(quantile(values, 0.5)));
  const p99 = (values: number[]): string => (values.length === 0 ? '' : ms(quantile(values, 0.99)));

  printRow(['', 'bare Bolt', 'embedded', 'Postgres', 'aim']);
  row(`ack p50 at ${PACE.perSecond}/s`, ({ paced }) => p50(acks(paced)), '3 x bare');
  row(`ack p99 at ${PACE.perSecond}/s, request durable`, ({ paced }) => p99(acks(paced)), '5 x bare');
  row('refused at that pace', ({ paced }) => String(paced.filter((one) => !isTaken(one)).length), '0');
  row('accepted per second', ({ rushed }) => rushed.acceptedPerSecond.toFixed(0), '1000 and 2000');
  row('refused in the rush', ({ rushed }) => String(rushed.refused), '0');
  row('signed request -> POST at Devin, p50', ({ addedMs }) => p50(addedMs), '<= 20 ms');
  row('reply in the thread -> POST, p50', ({ repliedMs }) => p50(repliedMs), '<= 50 ms');
  row('reply in the thread -> POST, p99', ({ repliedMs }) => p99(repliedMs));
  row('memory (RSS) after the paced load', ({ pacedMb }) => mb(pacedMb), '<= 250 MB');
  row('memory (RSS) after the rush', ({ rushedMb }) => mb(rushedMb));
  row('first start to ready', ({ firstStartMs }) => (firstStartMs === null ? '' : ms(firstStartMs)));
  row('second start to ready', ({ readyMs }) => ms(readyMs), '<= 1000 ms');
}
