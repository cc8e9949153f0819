import { z } from 'zod';
import { devinUserOf, type Identity, type RefusedIdentity } from './identity.ts';

export const LANGUAGES = ['en', 'ja'] as const;
export type Language = (typeof LANGUAGES)[number];

/** Each in its own language, so that people recognize theirs. */
export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = { en: 'English', ja: '日本語' };

/** Who can answer, stop and archive: only the requester, or every member of the organization. */
export const STEER = ['requester', 'members'] as const;
/** Which messages of a thread go to Devin: all, or those that mention the app. */
export const LISTEN = ['thread', 'mentions'] as const;
/** What a mention of the app, or a direct message to it, does: starts a session, asks first, or nothing. */
export const MENTIONS = ['start', 'ask', 'off'] as const;

/** All settings besides defaults. */
const effectiveSchema = z.object({
  /** Where messages call a person: in the thread, by direct message, or nowhere, since there is the card. */
  notify: z.enum(['thread', 'dm', 'card']),
  /** `slack`: that of the person's profile. */
  language: z.enum(['slack', ...LANGUAGES]),
  steer: z.enum(STEER),
  /** null: the default of the thread. */
  listen: z.enum(LISTEN).nullable(),
  /** null: as the app is set up. */
  mentions: z.enum(MENTIONS).nullable(),
});
export type EffectivePreferences = z.infer<typeof effectiveSchema>;
export const preferencesSchema = effectiveSchema.partial();
export type Preferences = z.infer<typeof preferencesSchema>;

/** What is in force where nobody chose. */
const NOBODY_CHOSE: EffectivePreferences = {
  notify: 'thread',
  language: 'slack',
  steer: 'members',
  listen: null,
  mentions: null,
};

/** What people choose for themselves. */
export const OWN_SETTINGS = ['notify', 'language'] as const;
/** What workspace admins choose for a channel or the workspace. */
export const PLACE_SETTINGS = ['steer', 'listen', 'mentions'] as const;
export type PlaceSetting = (typeof PLACE_SETTINGS)[number];

/** The last layer counts: workspace, channel, person, policy. */
export function effectivePreferences(layers: readonly Preferences[]): EffectivePreferences {
  const chosen = layers.flatMap((layer) => Object.entries(layer)).filter(([, value]) => value !== undefined);
  return effectiveSchema.parse({ ...NOBODY_CHOSE, ...Object.fromEntries(chosen) });
}

/** Whether another session is in its thread, and if so, whether what people write there goes to this one. */
export type ThreadShare = 'alone' | 'heard' | 'unheard';

export type Steering =
  | { kind: 'allowed' }
  /** Only the session's owner can. */
  | { kind: 'requester-only' }
  /** Only members of the Devin organization can. `identity`: why the person isn't one, if known. */
  | { kind: 'members-only'; identity: RefusedIdentity | null };

/** The person who asked for it here, and the member it runs as. Who follows a session doesn't own it. */
export function ownershipOf(asked: { source: string; userId: string; identity: Identity | null }) {
  return {
    /** null: not asked for here. */
    requester: asked.source === 'follow' ? null : asked.userId,
    /** null: unknown, or the service user. */
    owner: asked.identity?.kind === 'matched' ? asked.identity : null,
  };
}

/**
 * Who can answer, stop and archive a session. `identity` is resolved for this action. That the person belongs to the
 * workspace is checked when the payload is read: a user id is only unique within a workspace.
 */
export function maySteer(
  policy: EffectivePreferences['steer'],
  { requester, owner }: ReturnType<typeof ownershipOf>,
  { userId, identity }: { userId: string; identity: Identity },
): Steering {
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

/** Who began the thread: `app`, with its card; `people`, before; `direct`: a direct message. */
export type Began = 'app' | 'people' | 'direct';

/** Which replies go to Devin: all, the requester's, mentions, none. Direct messages leave no choice. */
export type ThreadState = 'all' | 'requester' | 'mentions' | 'direct' | 'muted';

export function threadState(
  isMuted: boolean,
  { listen, began }: { listen: EffectivePreferences['listen']; began: Began },
): ThreadState {
  if (isMuted) return 'muted';
  if (began === 'direct') return 'direct';
  if (listen !== null) return listen === 'mentions' ? 'mentions' : 'all';
  return began === 'app' ? 'all' : 'requester';
}
