import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLocalDevin, type LocalDevin } from '../../sandbox/devin/index.ts';
import { sandboxEnvironment } from '../../sandbox/environment.ts';
import {
  createLocalSlack,
  PATIENT_MS,
  type LocalSlack,
  type LocalSlackOptions,
} from '../../sandbox/slack/index.ts';
import { createBot, type Bot } from '../../src/app.ts';
import { parseConfig } from '../../src/config.ts';
import type { Overrides } from '../../src/services.ts';
import { startedPostgres } from './databases.ts';
import { copyStarted } from './folders.ts';
import { AMPLE_BUDGET, QUICK_SEARCH_PAUSES_MS } from './quick.ts';

export type Environment = Record<string, string>;

export type WorldOptions = {
  transport?: 'http' | 'socket';
  /** Most tests run on a real Postgres: it takes a third less of the processor than the embedded one. */
  database?: 'embedded' | 'postgres';
  slack?: LocalSlackOptions;
  devin?: Parameters<typeof createLocalDevin>[0];
  environment?: Environment;
  overrides?: Overrides;
};

export type World = {
  slack: LocalSlack;
  devin: LocalDevin;
  environment: Environment;
  bot: Bot;
  /** The address of its own pages. */
  address: string;
  close(): Promise<void>;
};

/** Retries start soon after they are due; pg-boss accepts no less. */
const QUICK_POLL_SECONDS = 0.5;

/** What waits for Devin's words waits this long, so that a test doesn't wait for nothing. */
const QUICK_HOLDS = { finished: 300, pr: 300 };

/** A Home is drawn soon after a change, so that a test doesn't wait. */
const QUICK_HOME_MS = 100;

/** The real bot with a local Slack and a local Devin. */
export async function createWorld(options: WorldOptions = {}): Promise<World> {
  const slack = await createLocalSlack({ rateLimits: 'off', answerTimeoutMs: PATIENT_MS, ...options.slack });
  const devin = await createLocalDevin(options.devin ?? {});
  const dataDir = await mkdtemp(join(tmpdir(), 'devin-slack-'));
  const environment = {
    ...environmentOf({ slack, devin, transport: options.transport ?? 'http' }),
    DATA_DIR: dataDir,
    ...(await databaseOf(options, dataDir)),
    ...options.environment,
  };
  const { bot, address } = await startBot(environment, slack, options.overrides);
  return {
    slack,
    devin,
    environment,
    bot,
    address,
    close: async () => {
      await bot.stop();
      await Promise.all([slack.close(), devin.stop()]);
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function databaseOf({ database, environment }: WorldOptions, dataDir: string): Promise<Environment> {
  if (environment?.['DATABASE_URL'] !== undefined) return {};
  if (database !== 'embedded') return { DATABASE_URL: await startedPostgres() };
  await copyStarted(dataDir);
  return {};
}

export function environmentOf(side: {
  slack: LocalSlack;
  devin: LocalDevin;
  transport: 'http' | 'socket';
}): Environment {
  return {
    ...sandboxEnvironment(side),
    SECRETS_KEY: randomBytes(32).toString('base64'),
    LOG_LEVEL: 'silent',
  };
}

export async function startBot(
  environment: Environment,
  slack: LocalSlack,
  overrides: Overrides = {},
): Promise<{ bot: Bot; address: string }> {
  const parsed = parseConfig(environment);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const bot = await createBot(parsed.config, {
    searchPausesMs: QUICK_SEARCH_PAUSES_MS,
    inFlightMs: 0,
    editBudget: AMPLE_BUDGET,
    pollSeconds: QUICK_POLL_SECONDS,
    homePauseMs: QUICK_HOME_MS,
    undoMs: 0,
    ...overrides,
    watchTimes: { holdMs: QUICK_HOLDS, ...overrides.watchTimes },
  });
  const { port } = await bot.start();
  const address = `http://127.0.0.1:${port}`;
  if (parsed.config.slack.transport.kind === 'http') slack.connectHttp(`${address}/slack/events`);
  return { bot, address };
}
