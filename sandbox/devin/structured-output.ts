import { Ajv } from 'ajv';

const MAX_BYTES = 65_536;
const DRAFT_7 = /^https?:\/\/json-schema\.org\/draft-07\/schema#?$/;

function hasExternalRef(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([key, inner]) =>
    key === '$ref' && typeof inner === 'string' ? !inner.startsWith('#') : hasExternalRef(inner),
  );
}

/**
 * What is wrong with a `structured_output_schema`: it is Draft 7, at most 64 KB, and refers to nothing outside itself.
 * https://docs.devin.ai/api-reference/v3/sessions/post-organizations-sessions
 */
export function schemaFault(schema: Record<string, unknown>): string | null {
  if (Buffer.byteLength(JSON.stringify(schema)) > MAX_BYTES) return 'The schema is larger than 64 KB';
  if (hasExternalRef(schema)) return 'The schema must be self-contained: external $ref is not allowed';
  const draft = schema['$schema'];
  if (draft !== undefined && !(typeof draft === 'string' && DRAFT_7.test(draft))) {
    return 'The schema must be JSON Schema Draft 7';
  }
  const ajv = new Ajv({ strict: false, logger: false });
  return ajv.validateSchema(schema) === true ? null : `Not a valid JSON Schema: ${ajv.errorsText()}`;
}
