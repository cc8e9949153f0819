import { createBot } from './app.ts';
import type { ConfigResult } from './config.ts';
import { createLog, type Log } from './log.ts';
import { useProxy } from './network.ts';
import { OperatorError } from './operator-error.ts';
import type { Embedded } from './store/embedded/embedded.ts';
import { LEAST_FILES, openFileLimit } from './store/embedded/folder-error.ts';
import { createLanguages } from './text/languages.ts';

/** Supervisors kill a process after 10 s. What hasn't ended by then is on disk, and the next start continues it. */
const LAST_MOMENT_MS = 9500;

/** Starts the app, and stops it on SIGTERM and SIGINT. `embedded`: the database that is being opened, if there is one. */
export async function run(read: ConfigResult, embedded: Promise<Embedded> | null): Promise<void> {
  if (read.ok) return runWith(read, embedded);
  const { shared: text } = createLanguages(read.language);
  exitWith([
    ...read.problems,
    ...read.misspelled.map(({ name, meant }) => text.config.misspelled(name, meant)),
  ]);
}

type Complete = Extract<ConfigResult, { ok: true }>;

async function runWith({ config, misspelled }: Complete, embedded: Promise<Embedded> | null): Promise<void> {
  const languages = createLanguages(config.language);
  const log = createLog(config.logLevel);
  for (const { name, meant } of misspelled) log.warn(languages.logged.config.misspelled(name, meant));
  const files = openFileLimit();
  if (files < LEAST_FILES) log.warn(languages.logged.start.fewFiles(files, LEAST_FILES));
  useProxy(config.proxy);
  // One bad payload must not end the app for everyone.
  process.on('unhandledRejection', (error) => log.error({ err: error }, 'unhandled rejection'));
  const life = { isEnding: false };
  try {
    const bot = await createBot(config, {
      log,
      embedded,
      onFatal: (error) => exitForRestart(log, error.say(languages.logged), error),
    });
    const end = (): void => {
      if (life.isEnding) return;
      life.isEnding = true;
      setTimeout(() => process.exit(0), LAST_MOMENT_MS).unref();
      bot.stop().then(
        () => process.exit(0),
        (error: unknown) => {
          log.error({ err: error }, 'stopping failed');
          process.exit(1);
        },
      );
    };
    // One signal may arrive twice: Ctrl-C and systemd signal npm, which passes it on, and this process.
    process.removeAllListeners('SIGTERM').on('SIGTERM', end);
    process.removeAllListeners('SIGINT').on('SIGINT', end);
    await bot.start();
  } catch (error) {
    // A signal came during the start, which then fails on what is already closed.
    if (life.isEnding) return;
    if (!(error instanceof OperatorError)) throw error;
    // The sentence says what to do; the cause says what happened.
    if (error.cause !== undefined) log.error({ err: error.cause }, 'the start failed');
    exitWith([error.say(languages.shared)]);
  }
}

function exitForRestart(log: Log, sentence: string, error: Error): void {
  log.fatal({ err: error }, sentence);
  log.fatal('exiting, so that a supervisor starts a new process');
  process.exit(1);
}

function exitWith(problems: string[]): never {
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  process.exit(1);
}
