import { Ajv } from 'ajv';
import { z } from 'zod';
import { pageParams } from './pages.ts';
import { param } from './validation.ts';

const MAX_TAGS = 50;

const strings = z.array(z.string()).nullish();
const attachmentUrls = z.array(z.url().min(1).max(2083)).nullish();

const structuredOutputSchema = z.record(z.string(), z.unknown()).superRefine((schema, context) => {
  const fault = schemaFault(schema);
  if (fault !== null) context.addIssue({ code: 'custom', message: fault });
});

const sessionSecret = z.object({
  key: z.string().min(1).max(256),
  value: z.string().max(65_536),
  sensitive: z.boolean().default(true),
});
export type SessionSecretInput = z.infer<typeof sessionSecret>;

/**
 * Written from the published reference, apart from the bot's own schema, so that the two check each other. `fusion`
 * is newer than that page; a cap below 1 is refused as the automations API does. Unknown keys are ignored, as the service
 * does: test/contract compares the names.
 * https://docs.devin.ai/api-reference/v3/sessions/post-organizations-sessions
 */
export const createBodySchema = z.object({
  attachment_urls: attachmentUrls,
  bypass_approval: z.boolean().nullish(),
  child_playbook_id: z.string().nullish(),
  create_as_user_id: z.string().nullish(),
  devin_mode: z.enum(['normal', 'fast', 'lite', 'ultra', 'fusion']).nullish(),
  knowledge_ids: strings,
  max_acu_limit: z.int().min(1).nullish(),
  platform: z.string().nullish(),
  playbook_id: z.string().nullish(),
  prompt: z.string(),
  repos: strings,
  resumable: z.boolean().default(true),
  secret_ids: strings,
  session_links: strings,
  session_secrets: z.array(sessionSecret).nullish(),
  structured_output_required: z.boolean().nullish(),
  structured_output_schema: structuredOutputSchema.nullish(),
  tags: z.array(z.string()).max(MAX_TAGS).nullish(),
  title: z.string().nullish(),
});
export type CreateBody = z.infer<typeof createBodySchema>;

/** https://docs.devin.ai/api-reference/v3/sessions/post-organizations-sessions-messages */
export const messageBodySchema = z.object({
  message: z.string(),
  attachment_urls: attachmentUrls,
  message_as_user_id: z.string().nullish(),
});

export const noParams = z.object({});

/**
 * The filters that the app uses: another one is ignored, and reported.
 * https://docs.devin.ai/api-reference/v3/sessions/organizations-sessions
 */
export const sessionsQuerySchema = z.object({
  ...pageParams,
  session_ids: param.list,
  tags: param.list,
  origins: param.list,
  created_after: param.integer,
});
export type SessionsQuery = z.infer<typeof sessionsQuerySchema>;

export const pageQuerySchema = z.object(pageParams);
export const terminateQuerySchema = z.object({ archive: param.boolean });
export const membersQuerySchema = z.object({ ...pageParams, email: param.text });

export const notesQuerySchema = z.object({
  ...pageParams,
  search: param.text,
});

export const repositoriesQuerySchema = z.object({
  ...pageParams,
  filter_name: param.text,
  load_indexing_status: param.boolean,
});

const MAX_SCHEMA_BYTES = 65_536;
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
function schemaFault(schema: Record<string, unknown>): string | null {
  if (Buffer.byteLength(JSON.stringify(schema)) > MAX_SCHEMA_BYTES) return 'The schema is larger than 64 KB';
  if (hasExternalRef(schema)) return 'The schema must be self-contained: external $ref is not allowed';
  const draft = schema['$schema'];
  if (draft !== undefined && !(typeof draft === 'string' && DRAFT_7.test(draft))) {
    return 'The schema must be JSON Schema Draft 7';
  }
  const ajv = new Ajv({ strict: false, logger: false });
  return ajv.validateSchema(schema) === true ? null : `Not a valid JSON Schema: ${ajv.errorsText()}`;
}
