import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { parseJson } from './json.ts';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const COMPILED = fileURLToPath(new URL('../node_modules/.cache/compiled', import.meta.url));
const END_WITH_PARENT = new URL('end-with-parent.ts', import.meta.url).href;
const LAST_WORDS = 5;

export type LogLine = { level: string; message: string };

type BotState = {
  status: 'starting' | 'ready' | 'ended';
  /** Where its own pages are, while it is ready. */
  address: string | null;
  /** The newest lines of its log. */
  lastWords: readonly string[];
};

export type BotProcess = {
  state: () => BotState;
  /** Resolves when the bot is ready; rejects with its last words if it ends before. */
  start: () => Promise<void>;
  /** Like a power cut: nothing is cleaned up. */
  kill: () => Promise<void>;
  /** Like a supervisor. Can be called twice. */
  stop: () => Promise<void>;
  /** Returns how to stop listening. */
  subscribe: (listener: () => void) => () => void;
};

type BotProcessOptions = {
  /** All settings of the bot. */
  environment: Record<string, string>;
  /** A separate folder, so that it doesn't read the `.env` of the person who runs the demo. */
  folder: string;
  /** What is started; the app's own main.ts by default. */
  program?: string;
  onReady?: (address: string) => void;
  /** Each line of its output, as it comes. */
  onLine?: (line: string) => void;
  /** Warnings and worse. */
  onTrouble?: (line: LogLine) => void;
};

const lineSchema = z.looseObject({ level: z.number(), msg: z.string().default('') });
const readySchema = z.looseObject({ msg: z.literal('ready'), port: z.number() });

const WARN = 40;

/** The bot as `npm start` runs it, in its own process, so that it can be killed and restarted. */
export function createBotProcess(options: BotProcessOptions): BotProcess {
  const { environment, folder, program = MAIN, onReady, onLine, onTrouble } = options;
  const listeners = new Set<() => void>();
  const lastWords: string[] = [];
  let child: ChildProcess | null = null;
  let state: BotState = { status: 'ended', address: null, lastWords };

  function update(status: BotState['status'], address: string | null = null): void {
    state = { status, address, lastWords };
    for (const listener of listeners) listener();
  }

  function note(line: string, isError: boolean): void {
    onLine?.(line);
    const { level, message } = readLine(line, isError);
    lastWords.push(message);
    lastWords.splice(0, lastWords.length - LAST_WORDS);
    if (level >= WARN) onTrouble?.({ level: level > WARN ? 'error' : 'warn', message });
  }

  async function start(): Promise<void> {
    if (child !== null) return;
    const env = { PATH: process.env['PATH'] ?? '', NODE_COMPILE_CACHE: COMPILED, ...environment };
    const started = spawn(process.execPath, ['--liftoff-only', '--import', END_WITH_PARENT, program], {
      cwd: folder,
      env,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    child = started;
    update('starting');
    // Not `exit`: its last words come before this.
    const ended = once(started, 'close').then(() => {
      child = null;
      update('ended');
    });
    const ready = Promise.withResolvers<void>();
    listen(started.stderr, (line) => note(line, true));
    listen(started.stdout, (line) => {
      note(line, false);
      const address = addressIn(line);
      if (address === null) return;
      onReady?.(address);
      update('ready', address);
      ready.resolve();
    });
    const failed = ended.then(() => {
      throw new Error(['The bot ended before it was ready.', ...lastWords].join('\n'));
    });
    await Promise.race([ready.promise, failed]);
  }

  async function end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    if (child === null) return;
    const ended = once(child, 'close');
    child.kill(signal);
    await ended;
  }

  return {
    state: () => state,
    start,
    kill: async () => end('SIGKILL'),
    stop: async () => end('SIGTERM'),
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function listen(stream: Readable | null, onLine: (line: string) => void): void {
  if (stream !== null) createInterface({ input: stream }).on('line', onLine);
}

/** Output that isn't a log line, such as a stack trace, is shown as it is. */
function readLine(line: string, isError: boolean): { level: number; message: string } {
  const parsed = lineSchema.safeParse(parseJson(line));
  if (!parsed.success) return { level: isError ? 50 : 30, message: line };
  const { level, msg, ...facts } = parsed.data;
  const told = Object.entries(facts).filter(([key]) => key !== 'time');
  const details = told.map(
    ([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  return { level, message: [msg, ...details].join(' ') };
}

function addressIn(line: string): string | null {
  const parsed = readySchema.safeParse(parseJson(line));
  return parsed.success ? `http://127.0.0.1:${parsed.data.port}` : null;
}
