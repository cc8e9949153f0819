import type { Identity, RefusedIdentity } from './identity.ts';
import type { Steer } from './preferences.ts';

export type Steering =
  | { kind: 'allowed' }
  /** Only whoever asked for the session may. */
  | { kind: 'requester-only' }
  /** Only members of the Devin organisation may, and the person is not one, for this reason; null: nobody asked. */
  | { kind: 'members-only'; identity: RefusedIdentity | null };

/** `identity`: as it was found out about the person; null: nobody asked, and under `members` that is not enough. */
type Steerer = { userId: string; identity: Identity | null };

/**
 * Who may answer, stop and archive a session. Whoever asked for it always may. That the person belongs to the
 * workspace is checked where the payload is read: a user id is unique within a workspace only.
 */
export function maySteer({
  policy,
  requester,
  person,
}: {
  policy: Steer;
  /** Slack user id. */
  requester: string;
  person: Steerer;
}): Steering {
  if (person.userId === requester) return { kind: 'allowed' };
  if (policy === 'requester') return { kind: 'requester-only' };
  const { identity } = person;
  if (identity === null || identity.kind === 'refused') return { kind: 'members-only', identity };
  return { kind: 'allowed' };
}
