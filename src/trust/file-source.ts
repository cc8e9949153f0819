import { readFile, stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { Log } from '../log.ts';
import { conflictsIn, MAPPING_KEYS, mappingSchema, type Mapping } from '../session/identity.ts';
import { hintsOf, POLICY_KEYS, policySchema, type Policy } from '../session/policy/schema.ts';
import { codeOf } from '../store/sql.ts';
import type { Text } from '../text/index.ts';
import { OperatorError } from '../text/operator-error.ts';
import { repeat } from '../time.ts';
import { MAX_BYTES, parseYaml, type Format, type YamlResult } from './yaml-file.ts';

export type FileSource<T> = {
  /** What is in force. */
  current: () => T;
  /** Of the file in force; null: there is none. */
  sha256: () => string | null;
  /** Whether the current file is in force; null: there is no file. */
  isOk: () => boolean | null;
  /** What is wrong with the current file, a line each; empty if it is in force. */
  problems: () => readonly string[];
  /** Checks the file once. */
  look: () => Promise<void>;
  /** `onLoaded`: called now and after each change with the SHA-256 of the file in force; null: none. */
  start: (onLoaded: OnLoaded) => Promise<void>;
  stop: () => Promise<void>;
};

type OnLoaded = (sha256: string | null) => Promise<void>;

type FileFormat<T> = Format<T> & {
  /** The setting with its path. */
  variable: 'POLICY_FILE' | 'IDENTITY_FILE';
  /** Its name in the log. */
  name: string;
  /** What holds without a file. */
  empty: T;
};

export const POLICY_FILE: FileFormat<Policy> = {
  variable: 'POLICY_FILE',
  name: 'policy',
  empty: policySchema.parse({}),
  schema: policySchema,
  keys: POLICY_KEYS,
  faults: ({ policy }) => policy.faults,
  hints: (value, { policy }) =>
    hintsOf(value).map(({ path, kind, of }) => ({ path, sentence: policy.hints[kind](of) })),
};

export const IDENTITY_FILE: FileFormat<Mapping> = {
  variable: 'IDENTITY_FILE',
  name: 'identity',
  empty: mappingSchema.parse({}),
  schema: mappingSchema,
  keys: MAPPING_KEYS,
  faults: ({ mapping }) => mapping.faults,
  conflicts: (value, { mapping: { faults } }) =>
    conflictsIn(value).map(({ at, key, one, other }) => ({
      path: ['people', at, key],
      sentence:
        key === 'slack' ? faults.twice(one.slack) : faults.conflict(other.slack, one.slack, one.devin),
    })),
};

/** `everyMs`: mounted files send no events when they change, so they are polled. */
type SourceDeps = { everyMs: number; text: Text; log: Log };

/** A file that was changed within this time may be half written: a policy without its last rules allows more. */
const WRITTEN_MS = 50;

/** Never throws: if the file can't be read, that is one of its problems. */
export async function readYamlFile<T>(path: string, format: Format<T>, text: Text): Promise<YamlResult<T>> {
  const { faults } = text.policy;
  const failed = (sentence: string): YamlResult<T> => ({ ok: false, problems: [`${path}:1:1: ${sentence}`] });
  try {
    const { size } = await stat(path);
    if (size > MAX_BYTES) return failed(faults.tooLarge(MAX_BYTES));
    return parseYaml(await readFile(path, 'utf8'), { name: path, format, text });
  } catch (error) {
    return failed(faults.unreadable(codeOf(error) ?? String(error)));
  }
}

/** Rejects if the file has errors: the app doesn't start without a file that it was given. */
export async function openFile<T>(
  path: string | null,
  format: FileFormat<T>,
  deps: SourceDeps,
): Promise<FileSource<T>> {
  return path === null ? noFile(format.empty) : followFile(path, format, deps);
}

async function followFile<T>(
  path: string,
  format: FileFormat<T>,
  { everyMs, text, log }: SourceDeps,
): Promise<FileSource<T>> {
  const { name } = format;
  const read = async () => readYamlFile(path, format, text);
  let seen = await markOf(path);
  const first = await read();
  if (!first.ok) {
    const lines = first.problems.map((problem) => `${format.variable} ${problem}`);
    throw new OperatorError('file', () => lines.join('\n'));
  }
  let { value, sha256 } = first;
  let problems: readonly string[] = [];
  let recorded: string | null = null;
  let told: OnLoaded = async () => Promise.resolve();
  let life: { stop(): Promise<void> } | null = null;

  async function record(): Promise<void> {
    if (recorded === sha256) return;
    await told(sha256);
    recorded = sha256;
  }

  async function keep(newer: Extract<YamlResult<T>, { ok: true }>): Promise<void> {
    const isNew = problems.length > 0 || newer.sha256 !== sha256;
    ({ value, sha256 } = newer);
    problems = [];
    if (isNew) log.info({ sha256 }, `the ${name} file has changed; the new one is in force`);
    await record();
  }

  /** Each error is logged once, not every few seconds. */
  function refuse(lines: readonly string[]): void {
    if (lines.join('\n') !== problems.join('\n'))
      log.error({ problems: lines }, `the ${name} file has errors; the last valid one stays in force`);
    problems = lines;
  }

  async function look(): Promise<void> {
    const mark = await markOf(path);
    if (mark === seen) return;
    const result = await read();
    await delay(WRITTEN_MS);
    if ((await markOf(path)) !== mark) return;
    if (result.ok) await keep(result);
    else refuse(result.problems);
    // Last, so that a change that couldn't be recorded is read again.
    seen = mark;
  }

  const lookSafely = async (): Promise<void> =>
    look().catch((error: unknown) =>
      log.warn({ err: error }, `a change of the ${name} file could not be recorded`),
    );

  return {
    current: () => value,
    sha256: () => sha256,
    isOk: () => problems.length === 0,
    problems: () => problems,
    look,
    start: async (onLoaded) => {
      told = onLoaded;
      await record();
      life ??= repeat(lookSafely, everyMs);
    },
    stop: async () => life?.stop(),
  };
}

function noFile<T>(empty: T): FileSource<T> {
  return {
    current: () => empty,
    sha256: () => null,
    isOk: () => null,
    problems: () => [],
    look: async () => Promise.resolve(),
    start: async (onLoaded) => onLoaded(null),
    stop: async () => Promise.resolve(),
  };
}

/** Another one once the file changes, or another file takes its name. */
async function markOf(path: string): Promise<string> {
  return stat(path, { bigint: true }).then(
    ({ ino, size, mtimeNs }) => [ino, size, mtimeNs].join(':'),
    (error: unknown) => String(error),
  );
}
