import type { SessionResponse } from '../../src/devin/schemas.ts';
import { sessionResponseSchema } from '../../src/devin/schemas.ts';

/** Devin's answer for a working session, with changes. */
export function sessionResponse(id: string, changes: object = {}): SessionResponse {
  return sessionResponseSchema.parse({
    session_id: id,
    url: `https://app.devin.ai/sessions/${id}`,
    status: 'running',
    tags: [],
    org_id: 'org-1',
    created_at: 1,
    updated_at: 1,
    acus_consumed: 0,
    pull_requests: [],
    ...changes,
  });
}
