import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { createInterface } from 'node:readline';
import { z } from 'zod';

const readySchema = z.looseObject({ msg: z.literal('ready'), port: z.number() });

const packageSchema = z.looseObject({ scripts: z.looseObject({ start: z.string() }) });

export type Running = {
  port: number;
  readyMs: number;
  rssMb: () => number;
  /** As its own pages tell it now. */
  metric: (name: string) => Promise<number>;
  stop: () => Promise<void>;
};

/** Starts a program of this folder's parent as `npm start` does, and waits until it says that it is ready. */
export async function runProgram(file: string, environment: Record<string, string>): Promise<Running> {
  const started = performance.now();
  const { flags, variables } = startWords();
  const child = spawn(process.execPath, [...flags, file], {
    env: { ...environment, ...variables, PATH: process.env['PATH'] },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const port = await readyPort(child);
  return {
    port,
    readyMs: performance.now() - started,
    rssMb: () => residentMb(child),
    metric: async (name) => metric(port, name),
    stop: async () => {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** What `npm start` gives to node. */
function startWords(): { flags: string[]; variables: Record<string, string> } {
  const { scripts } = packageSchema.parse(JSON.parse(readFileSync('package.json', 'utf8')));
  const words = scripts.start.split(' ');
  const assigned = words.slice(0, words.indexOf('exec')).map((word) => word.split('='));
  return {
    flags: words.filter((word) => word.startsWith('--')),
    variables: Object.fromEntries(assigned.map(([name = '', value = '']) => [name, value])),
  };
}

async function readyPort({ stdout }: ChildProcess): Promise<number> {
  if (stdout === null) throw new Error('The program has no output.');
  for await (const line of createInterface({ input: stdout })) {
    const ready = readySchema.safeParse(JSON.parse(line));
    if (!ready.success) continue;
    stdout.resume();
    return ready.data.port;
  }
  throw new Error('The program ended before it was ready.');
}

/** Linux only: elsewhere 0 is shown. */
function residentMb({ pid }: ChildProcess): number {
  try {
    const kb = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Number(kb ?? 0) / 1024;
  } catch {
    return 0;
  }
}

async function metric(port: number, name: string): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${port}/metrics`);
  const line = (await response.text()).split('\n').find((one) => one.startsWith(`${name} `));
  return Number(line?.split(' ')[1]);
}
