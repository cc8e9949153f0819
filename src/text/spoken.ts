import type { Subcommand } from '../session/intent.ts';
import type { Language } from '../session/preferences.ts';
import { KEYWORD_KINDS, type ThreadWord } from '../session/reply.ts';
import { spoken as en } from './en/spoken.ts';
import { spoken as ja } from './ja/spoken.ts';

/**
 * What a whole message in a session's thread can be. `stop` ends the session; `ask-stop` asks first, since it may be a
 * message to Devin.
 */
export const THREAD_KEYWORDS = [...KEYWORD_KINDS, 'ask-stop', 'help'] as const;
export type ThreadKeyword = (typeof THREAD_KEYWORDS)[number];

/** What people say to the app in one language, in lower case and without signs: `whats up`. */
export type Spoken = {
  greetings: readonly string[];
  /** What follows a name in a sentence about it, and not to it. */
  aboutName: RegExp;
  /** Polite words before and after what they ask: `could you …`, `… please`. */
  polite: RegExp;
  /** What they ask in their own words: a command answers for free. */
  asked: { readonly [Name in Subcommand]: readonly string[] };
  /** What follows the thing they ask about: `… を見せてください`. */
  ending: RegExp;
  /** Each as a whole: `kill my last session`, `archive this`, `how is my session`. */
  stop: RegExp;
  archive: RegExp;
  say: RegExp;
  list: RegExp;
  /** A session that is named by what it's about, as in `kill the login one`, and what it is without: `my session`. */
  namedSession: readonly [named: RegExp, plain: string];
  /** What they type for each, as the whole message. Devin's own keywords are in English. */
  keywords: { readonly [Keyword in ThreadKeyword]: readonly string[] };
  /** What works only in a session's thread. */
  inThread: { readonly [Word in ThreadWord]: RegExp };
  /** Other words for stop. */
  endings: readonly string[];
  thanks: readonly string[];
  /** Words beside thanks that ask for nothing. */
  besideThanks: readonly string[];
  /** Meant for people, taken back, or about a session that isn't here. */
  withoutTask: readonly string[];
  /** Of these words alone, nobody can tell a task. */
  empty: readonly string[];
  /** These say nothing about what they ask for, either, but may be a task: `check this`. */
  around: readonly string[];
};

/** People write in any of them, whatever language they read. */
export const SPOKEN: readonly Spoken[] = Object.values({ en, ja } satisfies Record<Language, Spoken>);
