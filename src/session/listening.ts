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

/** People who talk to each other are left alone. */
export function isForDevin({ listen, began, isRequester, mentions }: Said): boolean {
  if (began === 'direct' || mentions.app) return true;
  if (mentions.others || listen === 'mentions') return false;
  return listen === 'thread' || began === 'app' || isRequester;
}
