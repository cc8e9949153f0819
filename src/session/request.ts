import { z } from 'zod';
import { sessionDraftSchema, type SessionSecret, type StoredDraft } from './fields.ts';

/**
 * The body of `POST /v3/organizations/{org_id}/sessions`, as far as the app sends it: what people can set (the field
 * table), and whose session it is. null is never sent: what isn't set is left out.
 * https://docs.devin.ai/api-reference/v3/sessions/post-organizations-sessions
 */
export const sessionCreateRequestSchema = sessionDraftSchema
  .extend({ create_as_user_id: z.string().optional() })
  .required({ prompt: true })
  .strict();
export type SessionCreateRequest = z.input<typeof sessionCreateRequestSchema>;

/**
 * How far a request is. Each step is one transaction; `sending` is on disk before the POST leaves, so a
 * request found in `sending` is one whose answer was lost. `held` leaves time for an undo; `awaiting-approval` follows
 * `ready`, and leads back.
 */
export const REQUEST_STATES = [
  'accepted',
  'held',
  'awaiting-approval',
  'ready',
  'sending',
  'created',
  'refused',
  'failed',
  'unknown',
] as const;
export type RequestState = (typeof REQUEST_STATES)[number];

/** States in which the app still has work to do. */
export const OPEN_STATES = ['accepted', 'held', 'ready', 'sending'] as const satisfies RequestState[];
export type OpenState = (typeof OPEN_STATES)[number];

/** If the session is created sooner, its card is posted once, with the URL; otherwise a card is posted before. */
export const EARLY_CARD_MS = 1000;

export function isOpen(state: RequestState): state is OpenState {
  return OPEN_STATES.some((open) => open === state);
}

/** States that aren't final: the app or an approver continues them. */
export const PENDING_STATES = [...OPEN_STATES, 'awaiting-approval'] as const satisfies RequestState[];

export function isPending(state: RequestState): boolean {
  return PENDING_STATES.some((pending) => pending === state);
}

/** Whether a session may still come of it, or turn up. */
export function isUndecided(state: RequestState): boolean {
  return isPending(state) || state === 'unknown';
}

/** The tag by which a created session can be found again, whatever happened to the answer. */
export function requestTag(requestId: string): string {
  return `slack-${requestId}`;
}

/** The request that a session was created for; null: it has no such tag. */
export function requestIdOf(tags: readonly string[]): string | null {
  const prefix = requestTag('');
  // It comes after people's own tags, which can begin in the same way.
  return tags.findLast((tag) => tag.startsWith(prefix))?.slice(prefix.length) ?? null;
}

/** Only what was set is sent; the rest stays Devin's default. */
export function buildRequest(input: {
  draft: StoredDraft;
  /** The task with its Slack context. */
  prompt: string;
  /** null if the organization enforces its own tags. */
  tag: string | null;
  /** null: as the service user. */
  createAsUserId: string | null;
  /** Files taken from Slack, already uploaded to Devin. */
  uploadedUrls: string[];
  sessionSecrets: SessionSecret[];
}): SessionCreateRequest {
  const { draft, prompt, tag, createAsUserId, uploadedUrls, sessionSecrets } = input;
  const tags = [...new Set([...(draft.tags ?? []), ...(tag === null ? [] : [tag])])];
  const { structured_output_required: required, ...rest } = draft;
  const attachments = [...(draft.attachment_urls ?? []), ...uploadedUrls];
  return {
    ...rest,
    // Meaningless without the schema.
    ...(required !== undefined &&
      draft.structured_output_schema !== undefined && { structured_output_required: required }),
    prompt,
    ...(tags.length > 0 && { tags }),
    ...(attachments.length > 0 && { attachment_urls: attachments }),
    ...(sessionSecrets.length > 0 && { session_secrets: sessionSecrets }),
    ...(createAsUserId !== null && { create_as_user_id: createAsUserId }),
  };
}
