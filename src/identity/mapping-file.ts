import type { Log } from '../log.ts';
import { conflictsIn, MAPPING_KEYS, mappingSchema, type Mapping } from '../session/identity.ts';
import type { Text } from '../text/index.ts';
import { openFile, readYamlFile, type FileSource, type Format, type YamlResult } from '../trust/index.ts';

export type MappingSource = FileSource<Mapping>;

type SourceDeps = { path: string | null; everyMs: number; text: Text; log: Log };

/** Reads the identity file, now and when it changes. Rejects if it has errors. */
export async function openMapping({ path, everyMs, text, log }: SourceDeps): Promise<MappingSource> {
  return openFile(path, {
    read: async (file) => readMappingFile(file, text),
    name: 'identity',
    variable: 'IDENTITY_FILE',
    everyMs,
    log,
  });
}

/** Never throws: a file that cannot be read is a problem of the file. */
export async function readMappingFile(path: string, text: Text): Promise<YamlResult<Mapping>> {
  return readYamlFile(path, mappingFormat(text), text);
}

function mappingFormat({ mapping: { faults } }: Text): Format<Mapping> {
  return {
    schema: mappingSchema,
    keys: MAPPING_KEYS,
    name: 'The identity file',
    faults,
    conflicts: (mapping) =>
      conflictsIn(mapping).map(({ at, key, one, other }) => ({
        path: ['people', at, key],
        sentence:
          key === 'slack' ? faults.twice(one.slack) : faults.conflict(other.slack, one.slack, one.devin),
      })),
  };
}
