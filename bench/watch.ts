import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { LocalDevin } from '../sandbox/devin/index.ts';
import { answeredSessionSchema, toWire, type SessionSnapshot } from '../src/session/snapshot.ts';
import { openDatabase } from '../src/store/database.ts';
import { prepareSchema } from '../src/store/schema.ts';
import { quantile } from './load.ts';
import { runProgram, type Running } from './process.ts';
import { mb, ms, printRow } from './table.ts';
import { nth, openWorld, type World } from './world.ts';

const HOT = 50;
const SETTLE_MS = 20_000;
const WINDOW_MS = 60_000;
const CHANGES = 5;
const MINUTE_MS = 60_000;

/** Running, and as Devin answers them. */
function createSessions(devin: LocalDevin, count: number): SessionSnapshot[] {
  return Array.from({ length: count }, (_, at) => {
    const { id } = devin.create({ prompt: `task ${at}`, resumable: true });
    devin.advance(id, { status: 'running' });
    return answeredSessionSchema.parse(devin.wire(id));
  });
}

/** As if they had been started from here: the first ones lately, the others a while ago. */
async function trackAll(dataDir: string, sessions: readonly SessionSnapshot[]): Promise<void> {
  const database = await openDatabase({ dataDir });
  await prepareSchema(database.db);
  const nowMs = Date.now();
  for (let at = 0; at < sessions.length; at += 500) {
    const rows = sessions.slice(at, at + 500).map((snapshot, index) => ({
      sessionId: snapshot.sessionId,
      requestId: `bench-${snapshot.sessionId}`,
      response: JSON.stringify(toWire(snapshot)),
      teamId: 'T1',
      channelId: 'C1',
      threadTs: '1.1',
      told: '[]',
      phase: 'working' as const,
      changedAt: new Date(nowMs - (at + index < HOT ? 0 : 20 * MINUTE_MS)),
      nextLookAt: new Date(nowMs + Math.random() * 30_000),
    }));
    await database.db.insertInto('sessions').values(rows).execute();
  }
  await database.close();
}

type Numbers = { asked: number; batches: number; cpuShare: number; rssMb: number; cardMs: number };

/** In the quiet: nothing happens to any session. */
async function measureQuiet({ devin }: World, app: Running): Promise<Omit<Numbers, 'cardMs'>> {
  await delay(SETTLE_MS);
  const cpuBefore = await app.metric('process_cpu_seconds_total');
  const before = devin.requests.length;
  await delay(WINDOW_MS);
  const cpuS = (await app.metric('process_cpu_seconds_total')) - cpuBefore;
  const asked = devin.requests.slice(before);
  return {
    asked: (asked.length * MINUTE_MS) / WINDOW_MS,
    batches: (asked.filter(({ path }) => path.endsWith('/sessions')).length * MINUTE_MS) / WINDOW_MS,
    cpuShare: (cpuS * 1000) / WINDOW_MS,
    rssMb: app.rssMb(),
  };
}

/** How long a session that needs a person still looks as if it works; the longest of a few. */
async function measureCard({ slack, devin, persons, ask }: World, app: Running): Promise<number> {
  const took: number[] = [];
  for (let change = 0; change < CHANGES; change += 1) {
    const prompt = `make the change ${change}`;
    await ask(app, prompt);
    const session = await devin.waitForSession(({ request }) => request.prompt === prompt);
    const shows = async (words: string): Promise<unknown> =>
      slack.waitForMessage(
        nth(persons, 0).channelId,
        ({ text }) => text.includes(session.url) && text.includes(words),
        {
          timeoutMs: 30_000,
        },
      );
    // The first look comes at once; what is measured is the wait between two.
    devin.advance(session.id, { status: 'running' });
    await shows('Working');
    const startedMs = performance.now();
    devin.advance(session.id, { status: 'running', statusDetail: 'waiting_for_user' });
    await shows('Needs you');
    took.push(performance.now() - startedMs);
  }
  return quantile(took, 1);
}

async function measure(count: number): Promise<Numbers> {
  const dataDir = await mkdtemp(join(tmpdir(), 'devin-slack-bench-'));
  const world = await openWorld();
  await trackAll(dataDir, createSessions(world.devin, count));
  const app = await runProgram('src/main.ts', {
    ...world.environment,
    DATA_DIR: dataDir,
    SECRETS_KEY: randomBytes(32).toString('base64'),
  });
  const quiet = await measureQuiet(world, app);
  const cardMs = await measureCard(world, app);
  await app.stop();
  await world.close();
  await rm(dataDir, { recursive: true, force: true });
  return { ...quiet, cardMs };
}

/** What following so many sessions costs, and how soon a card is true. */
export async function measureWatching(counts: readonly number[]): Promise<void> {
  const all: Numbers[] = [];
  for (const count of counts) all.push(await measure(count));
  const row = (name: string, show: (numbers: Numbers) => string, aim = ''): void =>
    printRow([name, ...all.map(show), aim]);
  printRow([
    `\nsessions followed, ${HOT} of them hot`,
    ...counts.map((count) => count.toLocaleString('en')),
    'aim',
  ]);
  row('requests to Devin a minute', ({ asked }) => asked.toFixed(0));
  row('of them batches of sessions', ({ batches }) => batches.toFixed(0));
  row('CPU, share of one core', ({ cpuShare }) => `${(100 * cpuShare).toFixed(1)} %`, '<= 5 % at 1,000');
  row('memory (RSS)', ({ rssMb }) => mb(rssMb));
  row('status change -> card, slowest', ({ cardMs }) => ms(cardMs), '<= 11000 ms');
}
