import { SUBCOMMANDS, type Subcommand } from '../session/intent.ts';
import type { Language } from '../session/preferences.ts';
import { spoken as en } from './en/spoken.ts';
import { spoken as ja } from './ja/spoken.ts';

/** Words in lower case, with commas between them: `cancel, kill`. */
type Words = string;

const wordsIn = (words: Words): string[] => words.split(',').flatMap((word) => word.trim() || []);

/** What people say to the app in one language. All other words are about a task. */
export type Spoken = {
  /** What runs a sub-command, besides its own name. */
  names: { readonly [Name in Subcommand]?: Words };
  /** Messages that ask for nothing. */
  thanks: Words;
};

/** People write in any of them, whatever language they read. */
const SPOKEN: readonly Spoken[] = Object.values({ en, ja } satisfies Record<Language, Spoken>);

/** Each word that runs a sub-command. */
export const COMMAND_NAMES: ReadonlyMap<string, Subcommand> = new Map(
  SUBCOMMANDS.flatMap((name) =>
    [name, ...SPOKEN.flatMap(({ names }) => wordsIn(names[name] ?? ''))].map((word) => [word, name] as const),
  ),
);

const THANKS = new Set(SPOKEN.flatMap(({ thanks }) => wordsIn(thanks)));
const LONGEST_THANKS = 60;
const SIGNS = /:[a-z0-9_+-]+:|[\p{P}\p{S}\p{Default_Ignorable_Code_Point}]/gu;

/** Nothing but thanks, or signs other than a question mark. */
export function isThanks(typed: string): boolean {
  if (typed.length > LONGEST_THANKS || /[?？]/.test(typed)) return false;
  const said = typed.toLowerCase().replaceAll(SIGNS, ' ').trim();
  return said === '' || THANKS.has(said);
}
