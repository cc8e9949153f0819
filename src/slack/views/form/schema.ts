import { Ajv } from 'ajv';
import type { Text } from '../../../text/index.ts';
import { truncate } from '../text.ts';

const SHOWN_LENGTH = 60;

/** Why a schema can't be sent; null: it can. */
export function schemaProblem(schema: unknown, text: Text): string | null {
  const isObject = typeof schema === 'object' && schema !== null;
  const fault = isObject ? schemaFault(Object.fromEntries(Object.entries(schema))) : null;
  return fault === null ? null : schemaSentence(fault, text);
}

function schemaSentence(fault: SchemaFault, text: Text): string {
  const { schema } = text.modal.errors;
  switch (fault.kind) {
    case 'too-large':
      return schema.tooLarge;
    case 'external':
      return schema.external(truncate(fault.ref, SHOWN_LENGTH));
    case 'draft':
      return schema.draft(truncate(fault.declared, SHOWN_LENGTH));
    case 'invalid':
      return schema.invalid(truncate(fault.at, SHOWN_LENGTH * 2), fault.message);
  }
}

/**
 * Devin accepts self-contained JSON Schema, draft 7:
 * https://docs.devin.ai/api-reference/v3/sessions/post-organizations-sessions
 */
const MAX_SCHEMA_BYTES = 64 * 1024;
/** Objects, lists and plain values. The check compares the entries of a list with each other. */
const MAX_SCHEMA_NODES = 2000;

type SchemaFault =
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
function schemaFault(schema: Readonly<Record<string, unknown>>): SchemaFault | null {
  if (Buffer.byteLength(JSON.stringify(schema)) > MAX_SCHEMA_BYTES) return { kind: 'too-large' };
  const { $schema: declared } = schema;
  if (declared !== undefined && !(typeof declared === 'string' && DRAFT_7.test(declared))) {
    return { kind: 'draft', declared: JSON.stringify(declared) };
  }
  const nodes = nodesIn(schema);
  if (nodes === null) return { kind: 'too-large' };
  const ref = nodes.find(
    ([key, held]) => key === '$ref' && typeof held === 'string' && !held.startsWith('#'),
  );
  if (ref !== undefined) return { kind: 'external', ref: String(ref[1]) };
  const { $schema: _draft, ...rest } = schema;
  if (ajv.validateSchema(rest) === true) return null;
  const [first] = ajv.errors ?? [];
  return { kind: 'invalid', at: first?.instancePath ?? '', message: first?.message ?? '' };
}

/** Everything in a schema, with its key; null: more than may be checked. */
function nodesIn(schema: unknown): [key: string, held: unknown][] | null {
  const nodes: [string, unknown][] = [['', schema]];
  for (const [, held] of nodes) {
    if (typeof held === 'object' && held !== null) nodes.push(...Object.entries(held));
    if (nodes.length > MAX_SCHEMA_NODES) return null;
  }
  return nodes;
}
