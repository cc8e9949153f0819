import type { Log } from '../log.ts';
import { POLICY_KEYS, policySchema, type Policy } from '../session/policy/index.ts';
import type { Text } from '../text/index.ts';
import { openFile, type FileSource } from './file-source.ts';
import { parseYaml, readYamlFile, type Format, type YamlResult } from './yaml-file/read.ts';

/** Never throws: a file that cannot be read is a problem of the file. */
export async function readPolicyFile(path: string, text: Text): Promise<YamlResult<Policy>> {
  return readYamlFile(path, policyFormat(text), text);
}

export function parsePolicy(
  source: string,
  { name, text }: { name: string; text: Text },
): YamlResult<Policy> {
  return parseYaml(source, { name, format: policyFormat(text), text });
}

function policyFormat({ policy: { faults } }: Text): Format<Policy> {
  return { schema: policySchema, keys: POLICY_KEYS, name: 'The policy', faults };
}

export type PolicySource = FileSource<Policy>;

type SourceDeps = { path: string | null; everyMs: number; text: Text; log: Log };

/** Reads the policy file, now and when it changes. Rejects if it has errors. */
export async function openPolicy({ path, everyMs, text, log }: SourceDeps): Promise<PolicySource> {
  return openFile(path, {
    read: async (file) => readPolicyFile(file, text),
    name: 'policy',
    variable: 'POLICY_FILE',
    everyMs,
    log,
  });
}
