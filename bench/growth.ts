import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import { createQueue } from '../src/queue/jobs.ts';
import { openDatabase, type Database } from '../src/store/database.ts';
import { runUpkeep } from '../src/store/embedded/upkeep.ts';
import { createListing } from '../src/store/listing.ts';
import { prepareSchema } from '../src/store/schema.ts';
import { fillHistory } from '../test/support/history.ts';
import { quantile } from './load.ts';
import { runProgram } from './process.ts';
import { mb, ms, printRow } from './table.ts';
import { openWorld } from './world.ts';

/** A year of 500 people, and what a day leaves in the queue. */
const YEAR = { requests: 50_000, jobs: 20_000 };
const TURNS = 50;
const SETTLE_MS = 15_000;
const WINDOW_MS = 30_000;

type Numbers = {
  emptyStartMs: number;
  fullStartMs: number;
  listMs: number[];
  homeMs: number[];
  loopMs: number;
  statementMs: number;
  cpuShare: number;
  rssMb: number;
};

type Stores = { folder: string; databaseUrl: string };
type Storage = { environment: Record<string, string>; options: Parameters<typeof openDatabase>[0] };

/** What a year of use costs, against a database that is empty. */
export async function measureGrowth({ databaseUrl, folder }: Stores): Promise<void> {
  // To remove the text of most of it would be what is measured.
  const dataDir = join(folder, 'data');
  const environment = {
    DATA_DIR: dataDir,
    SECRETS_KEY: randomBytes(32).toString('base64'),
    RETENTION_DAYS: '3650',
  };
  const all = [
    await measure({ environment, options: { dataDir } }),
    await measure({
      environment: { ...environment, DATABASE_URL: databaseUrl },
      options: { dataDir, databaseUrl },
    }),
  ];
  const row = (name: string, show: (numbers: Numbers) => string, aim = ''): void =>
    printRow([name, ...all.map(show), aim]);
  printRow([`\n${YEAR.requests.toLocaleString('en')} requests of 500 people`, 'embedded', 'Postgres', 'aim']);
  row('start to ready, empty', ({ emptyStartMs }) => ms(emptyStartMs));
  row('start to ready, after a year', ({ fullStartMs }) => ms(fullStartMs), '<= 120 % of empty');
  row('own list, p50', ({ listMs }) => ms(quantile(listMs, 0.5)), '<= 50 ms');
  row('own list, p99', ({ listMs }) => ms(quantile(listMs, 0.99)));
  row('Home, p50', ({ homeMs }) => ms(quantile(homeMs, 0.5)));
  row('upkeep: longest event-loop delay', ({ loopMs }) => ms(loopMs), '<= 100 ms');
  row('upkeep: longest wait of a statement', ({ statementMs }) => ms(statementMs));
  row('CPU when idle, share of one core', ({ cpuShare }) => `${(100 * cpuShare).toFixed(1)} %`, '<= 3 %');
  row('memory (RSS)', ({ rssMb }) => mb(rssMb));
}

async function measure(storage: Storage): Promise<Numbers> {
  await startOnce(storage);
  const emptyStartMs = await startOnce(storage);
  const database = await openDatabase(storage.options);
  await fill(database);
  const upkept = await measureUpkeep(database);
  const read = await measureReads(database);
  await database.close();
  return { emptyStartMs, ...upkept, ...read, ...(await measureQuiet(storage)) };
}

async function startOnce({ environment }: Storage): Promise<number> {
  const world = await openWorld();
  const app = await runProgram('src/main.ts', { ...world.environment, ...environment });
  await app.stop();
  await world.close();
  return app.readyMs;
}

async function fill(database: Database): Promise<void> {
  await prepareSchema(database.db);
  const queue = createQueue({ database, log: { error: () => {}, warn: () => {} } });
  await queue.start();
  await queue.stop({ timeoutMs: 0 });
  await fillHistory(database.db, { ...YEAR, active: 0 });
}

/** The first upkeep after all of it: none later is as long. Postgres looks after itself. */
async function measureUpkeep({ db, kind }: Database): Promise<{ loopMs: number; statementMs: number }> {
  if (kind === 'postgres') {
    await sql`vacuum analyze`.execute(db);
    return { loopMs: 0, statementMs: 0 };
  }
  const loop = monitorEventLoopDelay({ resolution: 5 });
  loop.enable();
  let statementMs = 0;
  const query = async (statement: string) => {
    const startedMs = performance.now();
    const result = await sql.raw(statement).execute(db);
    statementMs = Math.max(statementMs, performance.now() - startedMs);
    return result;
  };
  await runUpkeep({ query }, { full: true, pauseMs: 0, signal: new AbortController().signal });
  loop.disable();
  return { loopMs: loop.max / 1e6, statementMs };
}

async function measureReads({ db }: Database): Promise<{ listMs: number[]; homeMs: number[] }> {
  const listing = createListing(db);
  const listMs: number[] = [];
  const homeMs: number[] = [];
  for (let turn = 0; turn < TURNS; turn += 1) {
    const person = { teamId: 'T1', userId: `U${turn}` };
    const paging = { teamId: 'T1', viewerId: person.userId, whose: 'mine' as const, offset: 0, limit: 10 };
    listMs.push(await timed(async () => listing.page(paging)));
    homeMs.push(await timed(async () => listing.mostPressing({ ...person, limit: 10 })));
  }
  return { listMs, homeMs };
}

async function timed(task: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await task();
  return performance.now() - startedMs;
}

/** Nothing happens; every session rests. */
async function measureQuiet({
  environment,
}: Storage): Promise<Pick<Numbers, 'fullStartMs' | 'cpuShare' | 'rssMb'>> {
  const world = await openWorld();
  const app = await runProgram('src/main.ts', { ...world.environment, ...environment });
  await delay(SETTLE_MS);
  const before = await app.metric('process_cpu_seconds_total');
  await delay(WINDOW_MS);
  const cpuS = (await app.metric('process_cpu_seconds_total')) - before;
  const rssMb = app.rssMb();
  await app.stop();
  await world.close();
  return { fullStartMs: app.readyMs, cpuShare: (cpuS * 1000) / WINDOW_MS, rssMb };
}
