import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createAsking } from './ask.ts';
import { auditChain } from './audit-chain.ts';
import { audit, type Audit } from './audit.ts';
import { createDeciding } from './decide.ts';
import { createFaults } from './faults.ts';
import { createLedger, type Ledger } from './ledger.ts';
import type { ChaosOptions } from './options.ts';
import { makePlan, type Plan } from './plan.ts';
import { createReplicas, type Replicas } from './replicas.ts';
import { createTalking } from './talk.ts';
import type { Tempo } from './tempo.ts';
import { until } from './until.ts';
import { openWorld, type World } from './world.ts';

export type Report = Audit & {
  kills: number;
  /** Broken promises. */
  violations: string[];
  /** In the app's own audit. */
  entries: number;
  stormMs: number;
  settledMs: number;
};

type ChaosRun = { options: ChaosOptions; tempo: Tempo; databaseUrl: string | null; signal: AbortSignal };

/** Runs the app's processes under load, faults and SIGKILLs until all work is done. Leaves nothing behind. */
export async function runChaos(run: ChaosRun): Promise<Report> {
  const { options, tempo, databaseUrl } = run;
  const folder = options.keep ?? (await mkdtemp(join(tmpdir(), 'devin-slack-chaos-')));
  await mkdir(folder, { recursive: true });
  const { transport } = options;
  const world = await openWorld({ transport, redeliverAfterMs: tempo.redeliverAfterMs });
  const policyFile = join(folder, 'policy.yml');
  await writeFile(policyFile, world.policy);
  const environment = { ...world.environment, POLICY_FILE: policyFile };
  const ledger = createLedger(world);
  const replicas = await createReplicas({
    count: options.replicas,
    environment: { ...environment, ...(databaseUrl !== null && { DATABASE_URL: databaseUrl }) },
    program: tempo.program,
    folder,
    onAddresses: (addresses) => {
      if (transport === 'http') world.slack.connectHttp(...addresses);
    },
  });
  try {
    await replicas.start();
    const report = await play({ ...run, world, ledger, replicas });
    // Only one process at a time can open an embedded database.
    await replicas.stop();
    const { entries, violations } = await auditChain({ databaseUrl, dataDir: replicas.dataDir(0) }, report);
    const silent =
      replicas.silent() === 0 ? [] : [`${replicas.silent()} people had no card and no word for 30 s`];
    return { ...report, entries, violations: [...report.violations, ...violations, ...silent] };
  } finally {
    await replicas.stop();
    ledger.stop();
    await world.close();
    await (options.keep === null ? rm(folder, { recursive: true, force: true }) : keepCalls(world, folder));
  }
}

type Play = ChaosRun & { world: World; ledger: Ledger; replicas: Replicas };

async function play({
  options,
  tempo,
  world,
  ledger,
  replicas,
  signal,
}: Play): Promise<Omit<Report, 'entries'>> {
  const { settleMs } = options;
  const plan = makePlan(options, tempo.pace);
  const startedMs = performance.now();
  const { talks } = await storm(plan, { options, world, ledger, replicas, signal });
  const stormMs = performance.now() - startedMs;
  const look = (): Audit | null => {
    const seen = audit(world, ledger);
    return seen.missing.length === 0 ? seen : null;
  };
  await Promise.race([talks, delay(settleMs, undefined, { signal, ref: false })]);
  const leftMs = startedMs + stormMs + settleMs - performance.now();
  await until(look, { timeoutMs: leftMs, signal });
  const settledMs = performance.now() - startedMs - stormMs;
  await delay(tempo.lingerMs, undefined, { signal });
  const last = audit(world, ledger);
  const problems = [...world.slack.problems.filter((one) => !isExpected(one)), ...world.devin.problems];
  const violations = [...last.wrong, ...last.missing, ...problems, ...replicas.ownEnds];
  return { ...last, violations, kills: replicas.kills(), stormMs, settledMs };
}

/** Deliveries that met a process that was dying or starting. */
const isExpected = (problem: string): boolean =>
  /not acknowledged in time|answered with HTTP 5/.test(problem);

type Storm = Omit<Play, 'tempo' | 'databaseUrl'>;

/** Resolves when everything was asked and the last process was killed, with the decisions and conversations that continue. */
async function storm(
  plan: Plan,
  { options, world, ledger, replicas, signal }: Storm,
): Promise<{ talks: Promise<unknown> }> {
  const faults = createFaults(world);
  const { ask } = createAsking({ world, ledger, signal });
  const patienceMs = plan.lastsMs + options.settleMs;
  const talk = createTalking({ world, ledger, patienceMs, signal });
  const decide = createDeciding({ world, ledger, patienceMs, signal });
  const startedMs = performance.now();
  const at = async (atMs: number): Promise<void> =>
    delay(Math.max(0, startedMs + atMs - performance.now()), undefined, { signal });
  const talks: Promise<void>[] = [];

  const asking = plan.requests.map(async (request) => {
    await at(request.atMs);
    const token = await ask(request);
    if (token === null) return;
    const going = decide(request, token).then(async () => talk(request, token));
    // Awaited later.
    going.catch(() => undefined);
    talks.push(going);
  });
  const killing = Array.from({ length: options.replicas }, async (_, replica) => {
    for (const { afterMs, of } of plan.kills.filter((kill) => kill.replica === replica)) {
      await replicas.until(replica, of);
      await delay(afterMs, undefined, { signal });
      await replicas.kill(replica);
    }
    await at(plan.lastsMs);
  });
  const planting = plan.faults.map(async (fault) => {
    await at(fault.atMs);
    faults.plant(fault);
  });
  const dropping = plan.drops.map(async (atMs) => {
    await at(atMs);
    world.slack.dropSockets();
  });
  const raging = Promise.all([...killing, ...planting, ...dropping]).then(async () => {
    faults.clear();
    for (let replica = 0; replica < plan.lastKills; replica += 1) await replicas.kill(replica);
  });
  await Promise.all([raging, ...asking]);
  return { talks: Promise.all(talks) };
}

async function keepCalls({ slack, devin }: World, folder: string): Promise<void> {
  const lines = (rows: readonly unknown[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  await writeFile(join(folder, 'slack-calls.jsonl'), lines(slack.calls));
  await writeFile(join(folder, 'slack-deliveries.jsonl'), lines(slack.deliveries));
  await writeFile(join(folder, 'devin-requests.jsonl'), lines(devin.requests));
}
