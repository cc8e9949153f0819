import type { SessionsQuery } from './schemas.ts';
import type { LocalMessage, LocalSession } from './session-state.ts';

/** Answers were seen with the bare id, the published examples have the prefix; paths always take the prefix. */
export type IdForm = 'bare' | 'prefixed';

export type WireContext = {
  orgId: string;
  idForm: IdForm;
  /** Whether a session that runs as a member names the service user, too; the reference does not say. */
  namesServiceUser: boolean;
  /** Whether a session must carry any of the `tags`, or the filter does nothing; the reference does not say. */
  tagsMatch: 'any' | 'ignored';
};

export const SERVICE_USER_ID = 'service-user-5f2a9c31';

const PREFIX = 'devin-';
const ORIGIN = 'api';

export const bareId = (id: string): string => (id.startsWith(PREFIX) ? id.slice(PREFIX.length) : id);

/** The id in a path; null unless it has the prefix. */
export const idFromPath = (id: string): string | null => (id.startsWith(PREFIX) ? bareId(id) : null);

const seconds = (ms: number): number => Math.floor(ms / 1000);
const writeId = (id: string, form: IdForm): string => (form === 'bare' ? id : `${PREFIX}${id}`);

/**
 * `SessionResponse`. Two members are filled by the get and list endpoints only.
 * https://docs.devin.ai/api-reference/v3/sessions/get-organizations-session
 */
export function toResponse(
  session: LocalSession,
  wire: WireContext,
  filled: boolean,
): Record<string, unknown> {
  return {
    session_id: writeId(session.id, wire.idForm),
    url: session.url,
    status: session.status,
    tags: session.tags,
    org_id: wire.orgId,
    created_at: seconds(session.createdAtMs),
    updated_at: seconds(session.updatedAtMs),
    acus_consumed: session.acusConsumed,
    pull_requests: session.pullRequests.map(({ url, state }) => ({ pr_url: url, pr_state: state })),
    title: session.title,
    user_id: session.userId,
    service_user_id: serviceUserOf(session, wire),
    playbook_id: session.request.playbook_id ?? null,
    parent_session_id: null,
    child_session_ids: null,
    is_archived: session.isArchived,
    origin: ORIGIN,
    devin_mode: session.request.devin_mode ?? 'normal',
    automation_id: null,
    status_detail: filled ? session.statusDetail : null,
    structured_output: filled ? session.structuredOutput : null,
    category: null,
    subcategory: null,
  };
}

export const toMessage = (message: LocalMessage) => ({
  event_id: message.eventId,
  source: message.source,
  message: message.message,
  created_at: seconds(message.createdAtMs),
});

const oneOf = (wanted: string[] | undefined, values: string[]): boolean =>
  wanted === undefined || wanted.some((value) => values.includes(value));

function serviceUserOf({ userId }: LocalSession, wire: WireContext): string | null {
  return userId === null || wire.namesServiceUser ? SERVICE_USER_ID : null;
}

/** `session_ids` as answers write them. https://docs.devin.ai/api-reference/v3/sessions/organizations-sessions */
export function matches(
  session: LocalSession,
  { tags, session_ids: ids, origins, created_after: after = -Infinity }: SessionsQuery,
  { tagsMatch, idForm }: WireContext,
): boolean {
  return (
    (tagsMatch === 'ignored' || oneOf(tags, session.tags)) &&
    oneOf(ids, [writeId(session.id, idForm)]) &&
    oneOf(origins, [ORIGIN]) &&
    seconds(session.createdAtMs) >= after
  );
}
