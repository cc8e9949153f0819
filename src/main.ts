import { parseConfig, readEnvironment, type ConfigResult } from './config.ts';
import { openEmbedded } from './store/embedded/embedded.ts';
import { createLanguages } from './text/languages.ts';
import { OperatorError } from './text/operator-error.ts';

/** Supervisors kill a process after 10 s. What hasn't ended by then is on disk, and the next start continues it. */
const LAST_MOMENT_MS = 9500;

/** Until the app is built, there is nothing to stop. */
const life = { isEnding: false, stop: async (): Promise<void> => Promise.resolve() };

process.on('SIGTERM', end).on('SIGINT', end);

const read = parseConfig(readEnvironment());
const { shared, logged } = createLanguages(read.ok ? read.config.language : read.language);
if (read.ok) await run(read);
else exitWith(read.problems);

async function run({ config, misspelled }: Extract<ConfigResult, { ok: true }>): Promise<void> {
  // It opens in a thread of its own, while the rest of the app is loaded.
  const embedded = config.store.databaseUrl === null ? openEmbedded(config.store) : null;
  // If it fails, the start reports that.
  embedded?.catch(() => undefined);
  const { createBot } = await import('./app.ts');
  const { createLog } = await import('./log.ts');
  const { useProxy } = await import('./network.ts');
  const log = createLog(config.logLevel);
  for (const { name, meant } of misspelled) log.warn(logged.config.misspelled(name, meant));
  useProxy(config.proxy);
  // One bad payload must not end the app for everyone.
  process.on('unhandledRejection', (error) => log.error({ err: error }, 'unhandled rejection'));
  const onFatal = (error: OperatorError): never => {
    log.fatal({ err: error }, error.say(logged));
    log.fatal('exiting, so that a supervisor starts a new process');
    process.exit(1);
  };
  try {
    const bot = await createBot(config, { log, embedded, onFatal });
    life.stop = async () =>
      bot.stop().catch((error: unknown) => {
        log.error({ err: error }, 'stopping failed');
        throw error;
      });
    await bot.start();
  } catch (error) {
    // A signal came during the start, which then fails on what is already closed.
    if (life.isEnding) return;
    if (!(error instanceof OperatorError)) throw error;
    // The sentence says what to do; the cause says what happened.
    if (error.cause !== undefined) log.error({ err: error.cause }, 'the start failed');
    exitWith([error.say(shared)]);
  }
}

/** One signal may arrive twice: Ctrl-C and systemd signal npm, which passes it on, and this process. */
function end(): void {
  if (life.isEnding) return;
  life.isEnding = true;
  setTimeout(() => process.exit(0), LAST_MOMENT_MS).unref();
  life.stop().then(
    () => process.exit(0),
    () => process.exit(1),
  );
}

function exitWith(problems: readonly string[]): never {
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  process.exit(1);
}
