import { parseArgs } from 'node:util';
import { playDemo } from './demo-play.ts';
import { startSessions } from './demo-sessions.ts';
import { GUIDE_STEPS } from './page/client/guide-steps.ts';
import { createControl } from './page/control.ts';
import { createGuide } from './page/guide.ts';
import { createPage, type Page } from './page/server.ts';
import { openSandbox, type Sandbox } from './sandbox.ts';

/** `npm run demo`: the real app between a local Slack and a local Devin; no account, no token, no network. */
const USAGE = `npm run demo -- [options]

  --port N     where the page is; 4321, or the next free port
  --socket     Socket Mode instead of HTTP
  --script     plays by itself and prints what each side sees; exits with 0 when each step did what it should
  --help       this`;

const FIRST_PORT = 4321;
const PORTS_TRIED = 20;

type OpenAt = (port: number) => Promise<Page>;

/** An error in the command line. */
class PortTrouble extends Error {}

const options = readOptions();
if (options === null) process.exitCode = 1;
else if (options.help) process.stdout.write(`${USAGE}\n`);
else await run(options);

type Options = NonNullable<ReturnType<typeof readOptions>>;

/** null: they are invalid, and the reason was printed. */
function readOptions() {
  try {
    return parseArgs({
      options: {
        script: { type: 'boolean', default: false },
        socket: { type: 'boolean', default: false },
        port: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}\n`);
    return null;
  }
}

async function run({ script, socket, port }: Options): Promise<void> {
  const sandbox = await openSandbox({
    transport: socket ? 'socket' : 'http',
    speed: script ? 0 : 1,
    onTrouble: ({ level, message }) => process.stderr.write(`[bot] ${level}: ${message}\n`),
  });
  if (script) await runScript(sandbox);
  else await runPage(sandbox, port);
}

async function runScript({ slack, devin, world, pace, close }: Sandbox): Promise<void> {
  const print = (text: string): void => void process.stdout.write(`${text}\n`);
  try {
    const problems = await playDemo({ slack, devin, world, pace, print });
    for (const problem of problems) process.stderr.write(`${problem}\n`);
    process.exitCode = problems.length === 0 ? 0 : 1;
  } finally {
    await close();
  }
}

async function runPage({ close, ...parts }: Sandbox, wantedPort: string | undefined): Promise<void> {
  const { slack, devin, world } = parts;
  const guide = createGuide({ ...parts, seeded: await startSessions(parts) });
  const control = createControl(parts);
  const open: OpenAt = async (port) => createPage({ slack, devin, control, guide, notes: world.notes, port });
  const end = async (): Promise<void> => {
    guide.close();
    control.close();
    await close();
  };
  try {
    const page = wantedPort === undefined ? await openAtFreePort(open) : await openAt(wantedPort, open);
    process.stdout.write(welcome(page.url));
    endOnSignal(async () => {
      await page.close();
      await end();
    });
  } catch (error) {
    await end();
    if (!(error instanceof PortTrouble)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}

async function openAt(wanted: string, open: OpenAt): Promise<Page> {
  const port = Number(wanted);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new PortTrouble(`--port takes a number from 0 to 65535, not ${wanted}.`);
  }
  try {
    return await open(port);
  } catch (error) {
    if (!isInUse(error)) throw error;
    throw new PortTrouble(`Port ${port} is in use: name another one, or leave --port out.`, { cause: error });
  }
}

async function openAtFreePort(open: OpenAt): Promise<Page> {
  for (let port = FIRST_PORT; port < FIRST_PORT + PORTS_TRIED; port += 1) {
    try {
      return await open(port);
    } catch (error) {
      if (!isInUse(error)) throw error;
    }
  }
  return open(0);
}

function isInUse(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
}

function endOnSignal(end: () => Promise<void>): void {
  let isEnding = false;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (isEnding) process.exit(1);
      isEnding = true;
      end().then(
        () => process.exit(0),
        (error: unknown) => {
          process.stderr.write(`${String(error)}\n`);
          process.exit(1);
        },
      );
    });
  }
}

function welcome(url: string): string {
  return [
    '',
    `  Open ${url}`,
    '',
    '  The real app with a simulated Slack and Devin. Nothing leaves your machine.',
    '  On the page is a checklist of things to try:',
    ...GUIDE_STEPS.map(({ label }, at) => `    ${at + 1}. ${label}`),
    '',
    '  Ctrl+C ends it.',
    '',
    '',
  ].join('\n');
}
