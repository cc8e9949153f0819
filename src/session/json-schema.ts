import { Ajv } from 'ajv';

/** Devin takes JSON Schema of draft 7 that is self-contained: https://docs.devin.ai/api-reference/v3/sessions/post-organizations-sessions */
const MAX_SCHEMA_BYTES = 64 * 1024;

export type SchemaFault =
  | { kind: 'too-large' }
  /** `ref`: to another document. */
  | { kind: 'external'; ref: string }
  /** `declared`: another draft. */
  | { kind: 'draft'; declared: string }
  /** `at`: a JSON pointer; `message`: in the words of the validator. */
  | { kind: 'invalid'; at: string; message: string };

const DRAFT_7 = /^https?:\/\/json-schema\.org\/draft-07\/schema#?$/;
const ajv = new Ajv({ strict: false, logger: false });

/** What is wrong with a schema; null: nothing. */
export function schemaFault(schema: Readonly<Record<string, unknown>>): SchemaFault | null {
  if (Buffer.byteLength(JSON.stringify(schema)) > MAX_SCHEMA_BYTES) return { kind: 'too-large' };
  const { $schema: declared } = schema;
  if (declared !== undefined && !(typeof declared === 'string' && DRAFT_7.test(declared))) {
    return { kind: 'draft', declared: JSON.stringify(declared) };
  }
  const ref = externalRef(schema);
  if (ref !== null) return { kind: 'external', ref };
  const { $schema: _draft, ...rest } = schema;
  if (ajv.validateSchema(rest) === true) return null;
  const [first] = ajv.errors ?? [];
  return { kind: 'invalid', at: first?.instancePath ?? '', message: first?.message ?? '' };
}

function externalRef(value: unknown): string | null {
  const open: unknown[] = [value];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (typeof next !== 'object' || next === null) continue;
    for (const [key, held] of Object.entries(next)) {
      if (key === '$ref' && typeof held === 'string' && !held.startsWith('#')) return held;
      if (typeof held === 'object' && held !== null) open.push(held);
    }
  }
  return null;
}
