import { z } from 'zod';

/**
 * Devin's answers, in wire names. Open: keys we do not know are dropped, members of an enum we do not know survive
 * as they are, and what the reference calls optional may be missing or null (it is null here then).
 * https://docs.devin.ai/v3-openapi.yaml
 */

const optional = <T extends z.ZodType>(schema: T) => schema.nullable().default(null);

/** A string type that still suggests the members we know. */
type AnyString = string & Record<never, never>;

const openEnum = <const Known extends readonly [string, ...string[]]>(known: Known) =>
  z.union([z.enum(known), z.string().transform((value): AnyString => value)]);

/** Epoch seconds. */
const epochSeconds = z.int();

export const STATUSES = ['new', 'claimed', 'running', 'exit', 'error', 'suspended', 'resuming'] as const;

export const STATUS_DETAILS = [
  'working',
  'waiting_for_user',
  'waiting_for_approval',
  'finished',
  'inactivity',
  'user_request',
  'usage_limit_exceeded',
  'out_of_credits',
  'out_of_quota',
  'no_quota_allocation',
  'payment_declined',
  'org_usage_limit_exceeded',
  'user_usage_limit_exceeded',
  'total_session_limit_exceeded',
  'contract_expired',
  'error',
] as const;

const ORIGINS = [
  'webapp',
  'slack',
  'teams',
  'api',
  'linear',
  'jira',
  'automation',
  'scheduled',
  'cli',
  'desktop',
  'code_scan',
  'other',
] as const;

const CATEGORIES = [
  'bug_fixing',
  'ci_cd_and_devops',
  'code_quality_and_security',
  'code_review',
  'code_review_and_analysis',
  'data_and_automation',
  'documentation_and_content',
  'feature_development',
  'migrations_and_upgrades',
  'other',
  'production_investigation',
  'refactoring_and_optimization',
  'research_and_exploration',
  'security',
  'unit_test_generation',
] as const;

const ANSWERED_MODES = ['normal', 'fast', 'lite', 'ultra', 'fusion'] as const;

/** A list without the members that cannot be read: one harms only itself. */
export const readableOnly = <T extends z.ZodType>(member: T) =>
  z.preprocess(
    (all) => (Array.isArray(all) ? all.filter((one) => member.safeParse(one).success) : all),
    z.array(member),
  );

const pullRequestSchema = z.object({
  pr_url: z.string(),
  /** open, closed, merged, or what Devin says next. */
  pr_state: z.string().nullable(),
});

/**
 * A session, as create, get, list, message, archive, unarchive and terminate answer it. `status_detail`,
 * `structured_output`, `category` and `subcategory` are filled by get and list only.
 */
export const sessionResponseSchema = z.object({
  /** Bare, whichever form Devin sent. */
  session_id: z.string().transform(toBareId),
  /** Link people to this; never build one. */
  url: z.string(),
  status: openEnum(STATUSES),
  status_detail: optional(openEnum(STATUS_DETAILS)),
  title: optional(z.string()),
  tags: z.array(z.string()),
  org_id: z.string(),
  created_at: epochSeconds,
  updated_at: epochSeconds,
  acus_consumed: z.number(),
  pull_requests: readableOnly(pullRequestSchema),
  /** The member it runs as. */
  user_id: optional(z.string()),
  service_user_id: optional(z.string()),
  playbook_id: optional(z.string()),
  parent_session_id: optional(z.string()),
  child_session_ids: optional(z.array(z.string())),
  is_archived: z.boolean().default(false),
  origin: optional(openEnum(ORIGINS)),
  structured_output: optional(z.record(z.string(), z.unknown())),
  category: optional(openEnum(CATEGORIES)),
  subcategory: optional(z.string()),
  devin_mode: optional(openEnum(ANSWERED_MODES)),
  automation_id: optional(z.string()),
});
export type SessionResponse = z.output<typeof sessionResponseSchema>;

/** Cursor pagination. `end_cursor` is null on the last page. https://docs.devin.ai/api-reference/concepts/pagination */
export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({
    items: z.array(item),
    end_cursor: optional(z.string()),
    has_next_page: z.boolean().default(false),
    total: optional(z.int()),
  });
export type Page<T> = { items: T[]; end_cursor: string | null; has_next_page: boolean; total: number | null };

/** In characters. Nobody reads more; what is kept of a message is bounded. */
const LONGEST_MESSAGE = 500_000;

export const sessionMessageSchema = z.object({
  event_id: z.string(),
  source: openEnum(['devin', 'user']),
  message: z.string().transform((text) => text.slice(0, LONGEST_MESSAGE)),
  created_at: epochSeconds,
});
export type SessionMessage = z.output<typeof sessionMessageSchema>;

export const tagsSchema = z.object({ tags: z.array(z.string()) });

export const uploadedAttachmentSchema = z.object({
  attachment_id: z.string(),
  name: z.string(),
  url: z.string(),
});
export type UploadedAttachment = z.output<typeof uploadedAttachmentSchema>;

export const sessionAttachmentSchema = uploadedAttachmentSchema.extend({
  source: openEnum(['devin', 'user']),
  content_type: optional(z.string()),
});
export type SessionAttachment = z.output<typeof sessionAttachmentSchema>;

/** Of direct members, of members through groups of the identity provider, and of one member alike. */
export const memberSchema = z.object({
  /** Opaque; may hold `|`. */
  user_id: z.string(),
  email: optional(z.string()),
  name: optional(z.string()),
});

export const playbookSchema = z.object({
  playbook_id: z.string(),
  title: z.string(),
  /** `!name`. */
  macro: optional(z.string()),
});

export const noteSchema = z.object({ note_id: z.string(), name: z.string(), trigger: optional(z.string()) });

/** Values are never answered. */
export const secretSchema = z.object({
  secret_id: z.string(),
  key: optional(z.string()),
  note: optional(z.string()),
});

export const repositorySchema = z.object({
  /** `owner/repo`, as `repos` of a session wants it. */
  repo_path: z.string(),
  repo_description: optional(z.string()),
  repo_language: optional(z.string()),
});

/** Whose key it is. A kind of principal we do not know is `unknown` and keeps its name. */
export const selfSchema = z.union([
  z.discriminatedUnion('principal_type', [
    z.object({
      principal_type: z.literal('service_user'),
      service_user_id: z.string(),
      service_user_name: z.string(),
      /** null for a key of the whole enterprise, and sometimes for one of an organization. */
      org_id: optional(z.string()),
    }),
    z.object({
      principal_type: z.literal('pat_user'),
      user_id: z.string(),
      user_name: z.string(),
      api_key_id: z.string(),
      api_key_name: z.string(),
      org_id: optional(z.string()),
    }),
    z.object({
      principal_type: z.literal('devin_brain'),
      devin_id: z.string(),
      org_id: z.string(),
      user_id: z.string(),
      creator_service_user_id: optional(z.string()),
    }),
    z.object({
      principal_type: z.literal('windsurf_session'),
      user_id: z.string(),
      org_id: z.string(),
      user_name: optional(z.string()),
    }),
  ]),
  z
    .object({ principal_type: z.string(), org_id: optional(z.string()) })
    .transform(({ principal_type, org_id }) => ({
      principal_type: 'unknown' as const,
      reported: principal_type,
      org_id,
    })),
]);
export type Self = z.output<typeof selfSchema>;

const PREFIX = 'devin-';

/**
 * A session's id as we store and compare it: without the `devin-` that some answers carry and others do not.
 * https://docs.devin.ai/api-reference/v3/sessions/get-organizations-session
 */
export function toBareId(sessionId: string): string {
  return sessionId.startsWith(PREFIX) ? sessionId.slice(PREFIX.length) : sessionId;
}

/** A session's id as paths want it: with the prefix. */
export function toPathId(sessionId: string): string {
  return `${PREFIX}${toBareId(sessionId)}`;
}
