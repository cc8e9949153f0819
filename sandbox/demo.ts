import { FINE, readArguments, runCommand, UsageError, WRONG } from '../src/operator/command-line.ts';
import { LANGUAGES, type Language } from '../src/session/preferences.ts';
import { en } from '../src/text/en.ts';
import { playDemo } from './demo-play.ts';
import { startSessions } from './demo-sessions.ts';
import { GUIDE_STEPS } from './page/client/wire.ts';
import type { Words } from './page/client/words/en.ts';
import { WORDS } from './page/client/words/languages.ts';
import { createGuide } from './page/guide.ts';
import { createPage, type Page } from './page/server.ts';
import { openSandbox, type Sandbox } from './sandbox.ts';

/** `npm run demo`: the real app between a local Slack and a local Devin; no account, no token, no network. */
const USAGE = `Usage:
  npm run demo -- [options]

  --port N      where the page is; 4321, or a free one
  --socket      Socket Mode instead of HTTP
  --language L  en or ja; en, if it plays by itself
  --script      plays by itself and prints what each side sees; exits with 0 if each step did what it should`;

const USUAL_PORT = 4321;

const OPTIONS = {
  script: { type: 'boolean', default: false },
  socket: { type: 'boolean', default: false },
  port: { type: 'string' },
  language: { type: 'string', default: 'en' },
} as const;

process.exitCode = await runCommand(USAGE, async (args) =>
  run(readArguments(args, { options: OPTIONS, words: en.commandLine }).values),
);

type Options = ReturnType<typeof readArguments<typeof OPTIONS>>['values'];

/** Returns the exit code. */
async function run({ script, socket, port, ...given }: Options): Promise<number> {
  const language = script ? 'en' : readLanguage(given.language);
  const wantedPort = port === undefined ? null : readPort(port);
  const sandbox = await openSandbox({
    transport: socket ? 'socket' : 'http',
    speed: script ? 0 : 1,
    isPatient: script,
    hasHistory: !script,
    language,
    onTrouble: ({ level, message }) => process.stderr.write(`[bot] ${level}: ${message}\n`),
  });
  return script ? runScript(sandbox) : runPage(sandbox, wantedPort, language);
}

function readPort(given: string): number {
  const port = Number(given);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new UsageError(`--port must be a number from 0 to 65535.`);
}

function readLanguage(given: string): Language {
  const language = LANGUAGES.find((one) => one === given);
  if (language !== undefined) return language;
  throw new UsageError(`--language must be ${LANGUAGES.join(' or ')}.`);
}

async function runScript({ slack, devin, world, close }: Sandbox): Promise<number> {
  const print = (text: string): void => void process.stdout.write(`${text}\n`);
  try {
    const problems = await playDemo({ slack, devin, world, print });
    for (const problem of problems) process.stderr.write(`${problem}\n`);
    return problems.length === 0 ? FINE : WRONG;
  } finally {
    await close();
  }
}

async function runPage(
  { close, ...parts }: Sandbox,
  wantedPort: number | null,
  language: Language,
): Promise<number> {
  const guide = createGuide({ ...parts, seeded: await startSessions(parts) });
  const open = async (port: number): Promise<Page> => createPage({ ...parts, guide, language, port });
  const end = async (): Promise<void> => {
    guide.close();
    await close();
  };
  try {
    const page = await open(wantedPort ?? USUAL_PORT).catch(async (error: unknown) => {
      if (!isInUse(error)) throw error;
      if (wantedPort === null) return open(0);
      throw new UsageError(`Port ${wantedPort} is in use: name another one, or leave --port out.`, {
        cause: error,
      });
    });
    process.stdout.write(welcome(page.url, WORDS[language]));
    endOnSignal(async () => {
      await page.close();
      await end();
    });
    return FINE;
  } catch (error) {
    await end();
    throw error;
  }
}

function isInUse(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
}

/** A second signal ends it at once, as it does by default. */
function endOnSignal(end: () => Promise<void>): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.once(signal, () => void end().then(() => process.exit(0)));
}

function welcome(url: string, { banner, guide, terminal }: Words): string {
  return [
    '',
    `  ${terminal.open(url)}`,
    '',
    `  ${banner}`,
    `  ${terminal.checklist}`,
    ...GUIDE_STEPS.map((name, at) => `    ${at + 1}. ${guide.steps[name]}`),
    '',
    `  ${terminal.end}`,
    '',
    '',
  ].join('\n');
}
