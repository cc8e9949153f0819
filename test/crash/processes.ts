import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { z } from 'zod';
import { createLocalDevin, type LocalDevin } from '../../sandbox/devin/index.ts';
import { createLocalSlack, PATIENT_MS, type LocalSlack } from '../../sandbox/slack/index.ts';
import { environmentOf, type Environment } from '../support/bot.ts';
import { bareEnvironment } from '../support/processes.ts';

const CHILD = join(import.meta.dirname, 'child.ts');
const readyMessageSchema = z.tuple([z.object({ port: z.number() })], z.unknown());

export type Mortal = {
  address: string;
  kill(): Promise<void>;
  /** It kills itself at a matching moment; see `child.ts`. Resolves with the promise of its end. */
  dieAt(moment: string): Promise<{ died: Promise<unknown> }>;
};

export type MortalWorld = {
  slack: LocalSlack;
  devin: LocalDevin;
  /** The running bot; if there is none, one is started on the data of the last. */
  running(): Promise<Mortal>;
  /** A second one. From now on Slack delivers to both. */
  another(): Promise<Mortal>;
};

/** Bots in processes of their own, all on one database, one Slack and one Devin: a test costs one start. */
export function useMortalWorld(databaseEnvironment: () => Promise<Environment>): () => MortalWorld {
  let world: (MortalWorld & { close(): Promise<void> }) | null = null;
  beforeAll(async () => {
    world = await createMortalWorld(databaseEnvironment);
    await world.running();
  });
  afterAll(async () => world?.close());
  return () => {
    if (world === null) throw new Error('the world is not there yet');
    return world;
  };
}

async function createMortalWorld(databaseEnvironment: () => Promise<Environment>) {
  const slack = await createLocalSlack({ rateLimits: 'off', answerTimeoutMs: PATIENT_MS });
  const devin = await createLocalDevin({});
  const dataDir = await mkdtemp(join(tmpdir(), 'devin-slack-crash-'));
  const environment = {
    ...environmentOf({ slack, devin, transport: 'http' }),
    ...(await databaseEnvironment()),
    DATA_DIR: dataDir,
  };
  const living = new Map<ChildProcess, Mortal>();

  const deliverToAll = (): void => slack.connectHttp(...[...living.values()].map(({ address }) => address));

  async function another(): Promise<Mortal> {
    const child = startChild(environment);
    child.once('exit', () => {
      living.delete(child);
      if (living.size > 0) deliverToAll();
    });
    const [{ port }] = readyMessageSchema.parse(await once(child, 'message'));
    const mortal = mortalOf(child, `http://127.0.0.1:${port}/slack/events`);
    living.set(child, mortal);
    deliverToAll();
    return mortal;
  }

  return {
    slack,
    devin,
    another,
    running: async () => [...living.values()][0] ?? (await another()),
    async close() {
      for (const mortal of living.values()) await mortal.kill();
      await Promise.all([slack.close(), devin.stop()]);
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

function startChild(environment: Environment): ChildProcess {
  return fork(CHILD, {
    env: { ...bareEnvironment(), ...environment },
    execPath: join('node_modules', '.bin', 'node'),
    execArgv: ['--liftoff-only', '--disable-warning=ExperimentalWarning'],
  });
}

function mortalOf(child: ChildProcess, address: string): Mortal {
  return {
    address,
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
    async dieAt(moment) {
      const noted = once(child, 'message');
      child.send(moment);
      await noted;
      return { died: once(child, 'exit') };
    },
  };
}
