import { POLICY_KEYS, policySchema } from '../session/policy/index.ts';
import type { Policy } from '../session/policy/index.ts';
import type { Text } from '../text/index.ts';
import { parseYaml, readYamlFile } from './yaml-file/read.ts';
import type { Format, YamlResult } from './yaml-file/read.ts';

/** `problems`: `FILE:line:column: what`, a line each. */
export type PolicyResult = { ok: true; policy: Policy; sha256: string } | { ok: false; problems: string[] };

type Reading = { text: Text };

/** Never throws: a file that cannot be read is a problem of the file. */
export async function readPolicyFile(path: string, reading: Reading): Promise<PolicyResult> {
  return named(await readYamlFile(path, policyFormat(reading), reading.text));
}

export function parsePolicy(source: string, { name, ...reading }: Reading & { name: string }): PolicyResult {
  return named(parseYaml(source, { name, format: policyFormat(reading), text: reading.text }));
}

export function policyFormat({ text }: Reading): Format<Policy> {
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
