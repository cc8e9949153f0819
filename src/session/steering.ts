import type { Identity, RefusedIdentity } from './identity.ts';
import type { Steer } from './preferences.ts';

export type Steering =
  | { kind: 'allowed' }
  /** Only whose session it is may. */
  | { kind: 'requester-only' }
  /** Only members of the Devin organization may. `identity`: why the person isn't one, if that is known. */
  | { kind: 'members-only'; identity: RefusedIdentity | null };

/** Whose a session is: the person who asked for it here, and the member of the organization it runs as. */
export type Ownership = {
  /** Slack user id; null: it was not asked for here. */
  requester: string | null;
  /** null: Devin does not say, or it is the service user. */
  owner: { devinUserId: string; name: string } | null;
};

type Asked = { source: string; userId: string; identity: Identity | null };

/** Who follows a session is told about it; that does not make it theirs. */
export function ownershipOf({ source, userId, identity }: Asked): Ownership {
  return {
    requester: source === 'follow' ? null : userId,
    owner: identity?.kind === 'matched' ? identity : null,
  };
}

/**
 * Who may answer, stop and archive a session. `identity` is as it was established for this act. That the person belongs
 * to the workspace is checked where the payload is read: a user id is unique within a workspace only.
 */
export function maySteer({
  policy,
  ownership: { requester, owner },
  person: { userId, identity },
}: {
  policy: Steer;
  ownership: Ownership;
  person: { userId: string; identity: Identity };
}): Steering {
  if (identity.kind === 'refused') return { kind: 'members-only', identity };
  if (userId === requester || (owner !== null && devinUserOf(identity) === owner.devinUserId))
    return { kind: 'allowed' };
  if (policy === 'requester') return { kind: 'requester-only' };
  return isMember(identity) ? { kind: 'allowed' } : { kind: 'members-only', identity: null };
}

/** With impersonation off nobody is matched, and members of the workspace count. */
export function isMember(identity: Identity): boolean {
  return identity.kind === 'matched' || (identity.kind === 'service-user' && identity.because === 'off');
}

function devinUserOf(identity: Identity): string | null {
  return identity.kind === 'matched' ? identity.devinUserId : null;
}
