import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';
import type { Text } from '../text/index.ts';

/** Exit codes. `WRONG`: what was checked is; `NOT_DONE`: the command is wrong, or the store can't be used. */
export const FINE = 0;
export const WRONG = 1;
export const NOT_DONE = 2;

/** Returns the exit code. */
export function print(
  lines: readonly string[],
  exitCode: number,
  stream: NodeJS.WriteStream = process.stdout,
): number {
  stream.write(`${lines.join('\n')}\n`);
  return exitCode;
}

/** What is wrong with the arguments. `runCommand` prints it, and the usage. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly code = 'usage';
}

/** Runs a command with the arguments of this process. Returns the exit code. */
export async function runCommand(usage: string, run: (args: string[]) => Promise<number>): Promise<number> {
  const args = process.argv.slice(2);
  if (args.some((arg) => arg === '--help' || arg === '-h')) return print([usage], FINE);
  try {
    return await run(args);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return print([error.message, '', usage], NOT_DONE, process.stderr);
  }
}

type CommandWords = Text['commandLine'];

/** For commands that begin with a word, such as `verify`. */
export async function runAct(
  [word, ...args]: string[],
  acts: Record<string, (args: string[]) => Promise<number>>,
  words: CommandWords,
): Promise<number> {
  if (word === undefined) throw new UsageError(words.missing(Object.keys(acts).join(' | ')));
  const act = Object.hasOwn(acts, word) ? acts[word] : undefined;
  if (act === undefined) throw new UsageError(words.unexpected(word));
  return act(args);
}

/** `operands`: names of what comes without an option; one that ends in `…` may come several times. Throws a UsageError. */
export function readArguments<const Options extends ParseArgsOptionsConfig>(
  args: readonly string[],
  { options, operands = [], words }: { options: Options; operands?: readonly string[]; words: CommandWords },
) {
  const isText = (arg = ''): boolean => arg.startsWith('--') && options[arg.slice(2)]?.type === 'string';
  // A value may begin like an option, as a task with its options first does.
  const joined = args.flatMap((arg, at) => {
    if (isText(args[at - 1])) return [];
    return isText(arg) && args[at + 1] !== undefined ? [`${arg}=${args[at + 1]}`] : [arg];
  });
  const read = parsed(() => parseArgs({ args: joined, allowPositionals: true, options }));
  const missing = operands[read.positionals.length];
  if (missing !== undefined) throw new UsageError(words.missing(missing));
  const extra = operands.at(-1)?.endsWith('…') === true ? undefined : read.positionals[operands.length];
  if (extra !== undefined) throw new UsageError(words.unexpected(extra));
  return read;
}

function parsed<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new UsageError(error.message, { cause: error });
  }
}
