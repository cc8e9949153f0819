import type { Identity, RefusedIdentity } from './identity.ts';
import type { Steer } from './preferences.ts';

export type Steering =
  | { kind: 'allowed' }
  /** Only whose session it is may. */
  | { kind: 'requester-only' }
  /** Only members of the Devin organization may. `identity`: why the person isn't one, if that is known. */
  | { kind: 'members-only'; identity: RefusedIdentity | null };

/** Whose a session is: the person who asked for it here, and the member of the organization it runs as. */
type Ownership = {
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

/** Which messages of a session's thread are for Devin, if that was chosen: all, or those that mention the app. */
export const LISTEN = ['thread', 'mentions'] as const;
export type Listen = (typeof LISTEN)[number];

/** Who a message names, outside of code. */
export type Mentions = { app: boolean; others: boolean };

type Said = {
  /** null: nobody chose. */
  listen: Listen | null;
  /** `app`: the thread is under its card; `people`: it was there before; `direct`: the app is the only one addressed. */
  began: Began;
  isRequester: boolean;
  mentions: Mentions;
};
export type Began = 'app' | 'people' | 'direct';

/**
 * What its thread does with replies: takes them all, those of the requester, or those that mention the app; or none,
 * since it is muted, or disconnected. In a direct message there is no choice.
 */
export type ThreadState = 'all' | 'requester' | 'mentions' | 'direct' | 'muted' | 'untied';

type Thread = { synced: boolean; muted: boolean; listen: Listen | null; began: Began };

export function threadState({ synced, muted, listen, began }: Thread): ThreadState {
  if (!synced) return 'untied';
  if (muted) return 'muted';
  if (began === 'direct') return 'direct';
  if (listen !== null) return listen === 'mentions' ? 'mentions' : 'all';
  return began === 'app' ? 'all' : 'requester';
}

/** People who talk to each other are left alone. */
export function isForDevin({ listen, began, isRequester, mentions }: Said): boolean {
  if (began === 'direct' || mentions.app) return true;
  if (mentions.others || listen === 'mentions') return false;
  return listen === 'thread' || began === 'app' || isRequester;
}
