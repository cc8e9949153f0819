import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Language } from '../src/session/preferences.ts';
import { createBotProcess, type BotProcess, type LogLine } from './bot-process.ts';
import { createLocalDevin, type LocalDevin, type Schedule } from './devin/index.ts';
import { sandboxEnvironment } from './environment.ts';
import { addHistory } from './history.ts';
import { SAMPLES } from './sample/languages.ts';
import { createSeedClock, inhabit, seed, type SeededWorld } from './seed.ts';
import { createLocalSlack, PATIENT_MS, type LocalSlack } from './slack/index.ts';

/** One rule, under which the admin approves. */
const policyIn = (language: Language): string =>
  fileURLToPath(new URL(`sample/policy.${language}.yml`, import.meta.url));

export type Sandbox = {
  slack: LocalSlack;
  devin: LocalDevin;
  bot: BotProcess;
  world: SeededWorld;
  /** Ends the bot and both sides, and removes its data. */
  close: () => Promise<void>;
};

export type SandboxOptions = {
  /** How the app is connected to Slack. */
  transport?: 'http' | 'socket';
  /** Of Devin's scripts; 0: they play only step by step. */
  speed?: number;
  /** Of the app, and of everyone's Slack. */
  language?: Language;
  /** Slack waits longer than it would for an answer. */
  isPatient?: boolean;
  /** With sessions of the last two weeks. */
  hasHistory?: boolean;
  onTrouble?: (line: LogLine) => void;
};

const scheduleAt =
  (speed: number): Schedule =>
  (run, ms) => {
    const timer = setTimeout(run, ms / speed);
    return () => clearTimeout(timer);
  };

/** The real bot in its own process, ready, between a local Slack and a local Devin with a seeded world. */
export async function openSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { transport = 'http', speed = 1, language = 'en', onTrouble } = options;
  const patience = options.isPatient === true ? { answerTimeoutMs: PATIENT_MS } : {};
  const clock = createSeedClock();
  const schedule = speed === 0 ? null : scheduleAt(speed);
  const slack = await createLocalSlack({ now: clock.now, ...patience });
  const { devin: words } = SAMPLES[language];
  const devin = await createLocalDevin({ now: clock.now, schedule, words });
  const folder = await mkdtemp(join(tmpdir(), 'devin-slack-sandbox-'));
  const place = inhabit({ slack, devin, language });
  if (options.hasHistory === true) await addHistory({ slack, devin, language, clock }, place, folder);
  const world = seed({ slack }, place, clock);
  const bot = createBotProcess({
    environment: {
      ...sandboxEnvironment({ slack, devin, transport }),
      DATA_DIR: folder,
      POLICY_FILE: policyIn(language),
      LANGUAGE: language,
      WATCH_SECONDS: '1',
      LOG_LEVEL: 'info',
    },
    folder,
    onReady: (address) => slack.connectHttp(`${address}/slack/events`),
    ...(onTrouble !== undefined && { onTrouble }),
  });
  const close = async (): Promise<void> => {
    await bot.stop();
    await Promise.all([slack.close(), devin.stop()]);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await bot.start();
  } catch (error) {
    await close();
    throw error;
  }
  return { slack, devin, bot, world, close };
}
