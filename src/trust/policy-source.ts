import type { Log } from '../log.ts';
import type { Policy } from '../session/policy/index.ts';
import type { Text } from '../text/index.ts';
import { openFile } from './file-source.ts';
import type { FileSource } from './file-source.ts';
import { policyFormat } from './policy-file.ts';
import { readYamlFile } from './yaml-file/read.ts';

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
