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
