import { stat } from 'node:fs/promises';
import type { Log } from '../log.ts';
import { StartError } from '../errors.ts';
import { repeat } from '../repeat.ts';
import type { Policy } from '../session/policy/index.ts';
import type { Text } from '../text/index.ts';
import { readPolicyFile } from './policy-file/read.ts';

export type PolicySource = {
  /** What is in force; null: no policy. */
  current: () => Policy | null;
  /** Whether the file as it is now is in force; null: there is no file. */
  isOk: () => boolean | null;
  /** Looks at the file once. */
  look: () => Promise<void>;
  start: () => void;
  stop: () => Promise<void>;
};

type SourceDeps = { path: string | null; everyMs: number; text: Text; log: Log };

/** Files that are mounted do not say when they change: they are looked at. */
export const POLICY_EVERY_MS = 3000;

/** Reads the policy file. Rejects if it has errors: nothing starts without the policy it was given. */
export async function openPolicy({ path, ...deps }: SourceDeps): Promise<PolicySource> {
  return path === null ? NO_POLICY : followFile({ path, ...deps });
}

async function followFile({
  path,
  everyMs,
  text,
  log,
}: SourceDeps & { path: string }): Promise<PolicySource> {
  const read = async () => readPolicyFile(path, { text, toEnforce: true });
  let seen = await markOf(path);
  const first = await read();
  if (!first.ok) throw new StartError({ kind: 'policy', lines: first.problems });
  let policy = first.policy;
  let problems = '';
  let life: { stop(): Promise<void> } | null = null;

  function keep(newer: Policy): void {
    const isNew = problems !== '' || JSON.stringify(newer) !== JSON.stringify(policy);
    policy = newer;
    problems = '';
    if (isNew) log.info('the policy file has changed: the new policy is in force');
  }

  /** Each error is logged once, not every few seconds. */
  function refuse(lines: readonly string[]): void {
    const found = lines.join('\n');
    if (found !== problems)
      log.error({ problems: lines }, 'the policy file has errors: the last valid policy stays in force');
    problems = found;
  }

  async function look(): Promise<void> {
    const mark = await markOf(path);
    if (mark === seen) return;
    seen = mark;
    const result = await read();
    if (result.ok) keep(result.policy);
    else refuse(result.problems);
  }

  return {
    current: () => policy,
    isOk: () => problems === '',
    look,
    start: () => {
      life ??= repeat(look, everyMs);
    },
    stop: async () => life?.stop(),
  };
}

const NO_POLICY: PolicySource = {
  current: () => null,
  isOk: () => null,
  look: async () => Promise.resolve(),
  start: () => undefined,
  stop: async () => Promise.resolve(),
};

/** Changes when the file does; a mounted one may be another file by the same name. */
async function markOf(path: string): Promise<string> {
  return stat(path, { bigint: true }).then(
    ({ ino, size, mtimeNs }) => [ino, size, mtimeNs].join(':'),
    (error: unknown) => String(error),
  );
}
