import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** What a process needs besides its settings. What Node compiled for one is there for the next, which starts sooner. */
export function bareEnvironment(): Record<string, string> {
  return { PATH: process.env['PATH'] ?? '', NODE_COMPILE_CACHE: join(tmpdir(), 'compiled') };
}

type Ended = { code: number; stdout: string; stderr: string };

/** Runs one of the app's commands to its end. */
export async function runCommand(
  file: string,
  settings: Record<string, string>,
  args: readonly string[],
): Promise<Ended> {
  const env = { ...bareEnvironment(), ...settings };
  return promisify(execFile)(process.execPath, [file, ...args], { env }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: Ended) => error,
  );
}
