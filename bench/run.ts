import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { atPace, quantile, rush } from './load.ts';
import { startPostgres } from './postgres.ts';
import { runProgram } from './process.ts';
import { openWorld } from './world.ts';

/** `npm run bench`: the app beside a bare Bolt app, in one run on one machine. Numbers, not tests. */
const PACE = { perSecond: 50, seconds: 10 };
const RUSH = { total: 1000, atOnce: 50 };
const TURNS = 30;

const folder = await mkdtemp(join(tmpdir(), 'devin-slack-bench-'));
// The user that Postgres runs as must be able to pass through.
await chmod(folder, 0o711);
const postgres = await startPostgres(join(folder, 'postgres'));

type Numbers = {
  acks: number[];
  acceptedPerSecond: number;
  addedMs: number[];
  pacedMb: number;
  rushedMb: number;
  firstStartMs: number | null;
  readyMs: number;
};

async function measureBare(): Promise<Numbers> {
  const { environment, ask, close } = await openWorld();
  const bare = await runProgram('bench/bare.ts', environment);
  await ask(bare, 'warm up');
  const acks = await atPace(PACE, async () => ask(bare, 'fix it'));
  const pacedMb = bare.rssMb();
  const acceptedPerSecond = await rush(RUSH, async () => ask(bare, 'rush'));
  const rushedMb = bare.rssMb();
  await bare.stop();
  await close();
  const took = acks.map(({ tookMs }) => tookMs);
  return {
    acks: took,
    acceptedPerSecond,
    addedMs: [],
    pacedMb,
    rushedMb,
    firstStartMs: null,
    readyMs: bare.readyMs,
  };
}

async function measureApp(storage: Record<string, string>): Promise<Numbers> {
  const { devin, environment, ask, close } = await openWorld();
  const first = await runProgram('src/main.ts', { ...environment, ...storage });
  await first.stop();
  const app = await runProgram('src/main.ts', { ...environment, ...storage });
  await ask(app, 'warm up');
  await devin.waitForSession(() => true);

  const addedMs: number[] = [];
  for (let turn = 0; turn < TURNS; turn += 1) {
    const prompt = `measure ${turn}`;
    const { sentAtMs } = await ask(app, prompt);
    const session = await devin.waitForSession(({ request }) => request.prompt === prompt);
    addedMs.push(session.createdAtMs - sentAtMs);
  }
  const acks = await atPace(PACE, async () => ask(app, 'fix it --repo acme/web'));
  const pacedMb = app.rssMb();
  const acceptedPerSecond = await rush(RUSH, async () => ask(app, 'rush'));
  const rushedMb = app.rssMb();
  await app.stop();
  await close();
  const took = acks.map(({ tookMs }) => tookMs);
  return {
    acks: took,
    acceptedPerSecond,
    addedMs,
    pacedMb,
    rushedMb,
    firstStartMs: first.readyMs,
    readyMs: app.readyMs,
  };
}

const bare = await measureBare();
const embedded = await measureApp({ DATA_DIR: join(folder, 'data') });
const server = await measureApp({
  DATA_DIR: join(folder, 'keys'),
  DATABASE_URL: postgres.url,
  SECRETS_KEY: Buffer.alloc(32, 7).toString('base64'),
});

const ms = (value: number | undefined | null): string =>
  value === undefined || value === null ? '' : `${value.toFixed(1)} ms`;
const mb = (value: number): string => `${value.toFixed(0)} MB`;
const row = (name: string, show: (numbers: Numbers) => string, aim = ''): void =>
  console.log(
    name.padEnd(40) + [bare, embedded, server].map((one) => show(one).padStart(14)).join('') + `   ${aim}`,
  );

console.log(
  `${cpus().length} cores, Node ${process.version}, fsync on; the local Slack and Devin run on the same cores\n`,
);
console.log(
  ''.padEnd(40) + ['bare Bolt', 'embedded', 'Postgres'].map((head) => head.padStart(14)).join('') + '   aim',
);
row(`ack p50 at ${PACE.perSecond}/s`, ({ acks }) => ms(quantile(acks, 0.5)));
row(`ack p99 at ${PACE.perSecond}/s, request durable`, ({ acks }) => ms(quantile(acks, 0.99)), '<= 25 ms');
row('accepted per second', ({ acceptedPerSecond }) => acceptedPerSecond.toFixed(0), '>= 500');
row(
  'signed request -> POST at Devin, p50',
  ({ addedMs }) => (addedMs.length === 0 ? '' : ms(quantile(addedMs, 0.5))),
  '<= 30 ms',
);
row('memory (RSS) after the paced load', ({ pacedMb }) => mb(pacedMb), '<= 250 MB');
row('memory (RSS) after the rush', ({ rushedMb }) => mb(rushedMb));
row('first start to ready', ({ firstStartMs }) => ms(firstStartMs));
row('second start to ready', ({ readyMs }) => ms(readyMs), '<= 1500 ms');

await postgres.stop();
await rm(folder, { recursive: true, force: true });
