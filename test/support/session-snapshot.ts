import { answeredSessionSchema, type SessionSnapshot } from '../../src/session/snapshot.ts';

/** Devin's answer about a working session; `changes` with Devin's names. */
export function sessionSnapshot(id: string, changes: object = {}): SessionSnapshot {
  return answeredSessionSchema.parse({
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
