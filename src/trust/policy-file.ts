import type { Log } from '../log.ts';
import { POLICY_KEYS, policySchema } from '../session/policy/index.ts';
import type { Policy } from '../session/policy/index.ts';
import type { Text } from '../text/index.ts';
import { openFile } from './file-source.ts';
import type { FileSource } from './file-source.ts';
import { parseYaml, readYamlFile } from './yaml-file/read.ts';
import type { Format, YamlResult } from './yaml-file/read.ts';

/** `problems`: `FILE:line:column: what`, a line each. */
type PolicyResult = { ok: true; policy: Policy; sha256: string } | { ok: false; problems: string[] };

type Reading = { text: Text };

/** Never throws: a file that cannot be read is a problem of the file. */
export async function readPolicyFile(path: string, reading: Reading): Promise<PolicyResult> {
  return named(await readYamlFile(path, policyFormat(reading), reading.text));
}

export function parsePolicy(source: string, { name, ...reading }: Reading & { name: string }): PolicyResult {
  return named(parseYaml(source, { name, format: policyFormat(reading), text: reading.text }));
}

function policyFormat({ text }: Reading): Format<Policy> {
  const { faults } = text.policy;
  return {
    schema: policySchema,
    keys: POLICY_KEYS,
    name: 'The policy',
    faults,
  };
}

function named(result: YamlResult<Policy>): PolicyResult {
  return result.ok ? { ok: true, policy: result.value, sha256: result.sha256 } : result;
}

export type PolicySource = FileSource<Policy>;

type SourceDeps = { path: string | null; everyMs: number; text: Text; log: Log };

export async function openPolicy({ path, everyMs, text, log }: SourceDeps): Promise<PolicySource> {
  const format = policyFormat({ text });
  return openFile(path, {
    read: async (file) => readYamlFile(file, format, text),
    name: 'policy',
    everyMs,
    log,
  });
}
