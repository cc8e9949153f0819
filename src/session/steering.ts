import { devinUserOf, type Identity, type RefusedIdentity } from './identity.ts';
import type { Listen, Steer } from './preferences.ts';

/** Whether another session is in its thread, and if so, whether what people write there goes to this one. */
export type ThreadShare = 'alone' | 'heard' | 'unheard';

export type Steering =
  | { kind: 'allowed' }
  /** Only the session's owner can. */
  | { kind: 'requester-only' }
  /** Only members of the Devin organization can. `identity`: why the person isn't one, if known. */
  | { kind: 'members-only'; identity: RefusedIdentity | null };

/** A session's owner: the person who asked for it here, and the member of the organization it runs as. */
type Ownership = {
  /** Slack user id; null: not asked for here. */
  requester: string | null;
  /** null: unknown, or the service user. */
  owner: { devinUserId: string; name: string } | null;
};

type Asked = { source: string; userId: string; identity: Identity | null };

/** Following a session brings notifications, not ownership. */
export function ownershipOf({ source, userId, identity }: Asked): Ownership {
  return {
    requester: source === 'follow' ? null : userId,
    owner: identity?.kind === 'matched' ? identity : null,
  };
}

/**
 * Who can answer, stop and archive a session. `identity` is resolved for this action. That the person belongs to the
 * workspace is checked when the payload is read: a user id is only unique within a workspace.
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

/** With impersonation off, nobody is matched, and members of the workspace count. */
export function isMember(identity: Identity): boolean {
  return identity.kind === 'matched' || (identity.kind === 'service-user' && identity.because === 'off');
}

/** The people a message mentions, outside of code. */
export type Mentions = { app: boolean; others: boolean };

type Said = {
  /** null: nobody chose. */
  listen: Listen | null;
  /** Who began the thread: `app`, with its card; `people`, before; `direct`: a direct message. */
  began: Began;
  isRequester: boolean;
  mentions: Mentions;
};
export type Began = 'app' | 'people' | 'direct';

/**
 * Which replies of a thread go to Devin: all, the requester's, or those that mention the app; none if it is muted or
 * disconnected. In a direct message there is no choice.
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

/** People who talk to each other aren't interrupted. */
export function isForDevin({ listen, began, isRequester, mentions }: Said): boolean {
  if (began === 'direct' || mentions.app) return true;
  if (mentions.others || listen === 'mentions') return false;
  return listen === 'thread' || began === 'app' || isRequester;
}
