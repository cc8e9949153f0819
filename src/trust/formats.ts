import { conflictsIn, MAPPING_KEYS, mappingSchema, type Mapping } from '../session/identity.ts';
import { POLICY_KEYS, policySchema, type Policy } from '../session/policy/index.ts';
import type { FileFormat } from './file-source.ts';

export const POLICY_FILE: FileFormat<Policy> = {
  variable: 'POLICY_FILE',
  name: 'policy',
  schema: policySchema,
  keys: POLICY_KEYS,
  faults: ({ policy }) => policy.faults,
};

export const IDENTITY_FILE: FileFormat<Mapping> = {
  variable: 'IDENTITY_FILE',
  name: 'identity',
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
