import type { Log } from '../log.ts';
import { conflictsIn, MAPPING_KEYS, mappingSchema } from '../session/identity.ts';
import type { Mapping } from '../session/identity.ts';
import type { Text } from '../text/index.ts';
import { openFile, readYamlFile } from '../trust/index.ts';
import type { FileSource, Format } from '../trust/index.ts';

export type MappingSource = FileSource<Mapping>;

type SourceDeps = { path: string | null; everyMs: number; text: Text; log: Log };

/** Reads the identity file, now and when it changes. Rejects if it has errors. */
export async function openMapping({ path, everyMs, text, log }: SourceDeps): Promise<MappingSource> {
  const format = mappingFormat(text);
  return openFile(path, {
    read: async (file) => readYamlFile(file, format, text),
    name: 'identity mapping',
    everyMs,
    log,
  });
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
