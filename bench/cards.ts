import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { quantile, sendCommand } from './load.ts';
import { runProgram, type Running } from './process.ts';
import { ms, printRow } from './table.ts';
import { nth, openWorld, type World } from './world.ts';

const CHANNELS = 60;
const AT_ONCE = 300;
const CHANGING = 100;
const SAMPLES = 10;
const SLOW_MS = 1500;
const WAIT_MS = 120_000;

type Numbers = { refused: string[]; rushMs: number[]; quickMs: number[]; slowMs: number[] };
type Side = { world: World; apps: readonly Running[]; ask: (text: string) => Promise<Asked> };
/** `createdAtMs`: when Devin answered; `shownAtMs`: when the card had the URL. */
type Asked = { askedAtMs: number; createdAtMs: number; shownAtMs: number; sessionId: string };

type Stores = { folder: string; databaseUrl: string };

class Refused extends Error {}

/** What was taken, and what the app said of the rest. */
async function taken(asked: Promise<Asked>[]): Promise<{ shown: Asked[]; refused: string[] }> {
  const shown: Asked[] = [];
  const refused: string[] = [];
  for (const one of await Promise.allSettled(asked)) {
    if (one.status === 'fulfilled') shown.push(one.value);
    else if (one.reason instanceof Refused) refused.push(one.reason.message);
    else throw one.reason;
  }
  return { shown, refused };
}

/** People who ask in turn, each in a channel; each request goes to the next replica. */
function createAsking({ slack, devin, persons }: World, apps: readonly Running[]): Side['ask'] {
  const { signingSecret } = slack.workspace;
  let count = 0;
  return async (text) => {
    const [person, app] = [nth(persons, count), nth(apps, count)];
    count += 1;
    const askedAtMs = performance.now();
    const { status, said } = await sendCommand({ port: app.port, signingSecret }, person, text);
    if (status !== 200 || said !== '') throw new Refused(`${status} ${said}`);
    const session = await devin.waitForSession(({ request }) => request.prompt.startsWith(text), {
      timeoutMs: WAIT_MS,
    });
    const createdAtMs = performance.now();
    await slack.waitForMessage(person.channelId, ({ text: shown }) => shown.includes(session.url), {
      timeoutMs: WAIT_MS,
    });
    return { askedAtMs, createdAtMs, shownAtMs: performance.now(), sessionId: session.id };
  };
}

/** 300 at once; then new ones, quick and slow, while the cards of 100 change. */
async function measureCards({ world: { devin }, ask }: Side): Promise<Numbers> {
  await ask('warm up.');
  const rush = await taken(Array.from({ length: AT_ONCE }, async (_, at) => ask(`rush ${at}.`)));
  const changing = rush.shown.slice(0, CHANGING);
  const numbers: Numbers = {
    refused: rush.refused,
    rushMs: rush.shown.map(({ askedAtMs, shownAtMs }) => shownAtMs - askedAtMs),
    quickMs: [],
    slowMs: [],
  };
  for (let sample = 0; sample < SAMPLES; sample += 1) {
    for (const { sessionId } of changing) devin.advance(sessionId, { status: 'running', acus: sample + 1 });
    const quick = await ask(`quick ${sample}.`);
    numbers.quickMs.push(quick.shownAtMs - quick.createdAtMs);
    devin.fail({ method: 'POST', path: '/sessions' }, { delayMs: SLOW_MS, times: 1 });
    const slow = await ask(`slow ${sample}.`);
    numbers.slowMs.push(slow.shownAtMs - slow.createdAtMs);
  }
  return numbers;
}

async function measureReplicas(storage: Record<string, string>, replicas: number): Promise<Numbers> {
  const world = await openWorld({ rateLimits: 'slack', people: CHANNELS, channels: CHANNELS });
  const apps: Running[] = [];
  for (let at = 0; at < replicas; at += 1)
    apps.push(await runProgram('src/main.ts', { ...world.environment, ...storage }));
  const numbers = await measureCards({ world, apps, ask: createAsking(world, apps) });
  for (const app of apps) await app.stop();
  await world.close();
  return numbers;
}

/** How soon a new session's card shows its URL, within what Slack takes: its limits are in force. */
export async function measureUrls({ databaseUrl, folder }: Stores): Promise<void> {
  const SECRETS_KEY = randomBytes(32).toString('base64');
  const all = [
    await measureReplicas({ DATA_DIR: join(folder, 'data'), SECRETS_KEY }, 1),
    await measureReplicas({ DATA_DIR: join(folder, 'keys'), SECRETS_KEY, DATABASE_URL: databaseUrl }, 3),
  ];
  const row = (name: string, show: (numbers: Numbers) => number, aim: string): void =>
    printRow([name, ...all.map((numbers) => ms(show(numbers))), aim]);
  printRow(["\nthe URL on a new session's card", 'embedded', '3 x Postgres', 'aim']);
  printRow([
    `${AT_ONCE} at once, not taken`,
    ...all.map(({ refused }) => [refused.length, ...refused.slice(0, 1)].join(': ')),
    '0',
  ]);
  row(`${AT_ONCE} at once, asked -> URL, p50`, ({ rushMs }) => quantile(rushMs, 0.5), '');
  row(`${AT_ONCE} at once, asked -> URL, slowest`, ({ rushMs }) => quantile(rushMs, 1), '<= 30000 ms');
  row(`while ${CHANGING} change, created -> URL, p50`, ({ quickMs }) => quantile(quickMs, 0.5), '');
  row('   slowest', ({ quickMs }) => quantile(quickMs, 1), '<= 2000 ms');
  row('   of one that Devin is slow with, p50', ({ slowMs }) => quantile(slowMs, 0.5), '');
  row('   slowest', ({ slowMs }) => quantile(slowMs, 1), '<= 2000 ms');
}
